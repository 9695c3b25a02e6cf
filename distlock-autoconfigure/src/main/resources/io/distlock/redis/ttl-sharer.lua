-- The hold of one of several.

local _, _, by, _, _, _, _, _, _, details = string.match(redis.call('get', KEYS[2]) or '', RECORD)
if by ~= SHARED then
  return ARGV[1] == SHARED and not is_anothers(KEYS[2], ARGV[2]) and { redis.call('pttl', KEYS[1]) } or {}
end
local sharer = sharing().find(sharing().read(details), ARGV[1], ARGV[2] ~= '' and ARGV[2] or nil)
return sharer and { sharer.ends - millis } or {}
