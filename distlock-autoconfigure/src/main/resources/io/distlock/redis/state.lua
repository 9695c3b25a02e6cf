-- Who holds a lock and who waits; changes nothing.
-- KEYS: lock, record, line, waiting
-- Returns nothing when nobody holds it, else {token, ms until free, record's token, fence, details, packed entries of
-- those in line, first comes first, this server's time in ms if several share it, whom the details name}.

local holder = redis.call('get', KEYS[1])
if not holder then
  return {}
end
local packed = redis.call('get', KEYS[2])
local version, _, by, _, base, _, _, _, token, details = string.match(packed or '', RECORD)
if packed and version ~= VERSION then
  unknown(KEYS[2], packed)
end
local entries = {}
for _, member in ipairs(redis.call('zrange', KEYS[3], 0, -1)) do
  local entry = redis.call('hget', KEYS[4], member)
  if entry then
    entries[#entries + 1] = entry
  end
end
local clock = holder == 'shared' and by == 'shared' and redis.call('time')
return {
  holder, redis.call('pttl', KEYS[1]), token or false, tonumber(base) or false, details or false, entries,
  clock and math.floor((clock[1] * 1000000 + clock[2]) / 1000)
}
