-- KEYS: lock, record   ARGV: token, attempt ('' = any)
-- Returns the ms until the hold expires (-1 = never), or nothing when it is not that token's, or that attempt's.

local holder = redis.call('get', KEYS[1])
if holder ~= 'shared' then
  return holder == ARGV[1] and not is_anothers(KEYS[2], ARGV[2]) and { redis.call('pttl', KEYS[1]) } or {}
end
