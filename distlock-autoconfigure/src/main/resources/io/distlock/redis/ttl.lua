-- KEYS: lock, record   ARGV: token
-- Returns the ms until the hold expires (-1 = never), or nothing when it is not this token's.

local holder = redis.call('get', KEYS[1])
if holder ~= 'shared' then
  return holder == ARGV[1] and { redis.call('pttl', KEYS[1]) } or {}
end
