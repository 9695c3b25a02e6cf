-- Goes on with a hold under a new attempt; its fence is the last one reserved, so no earlier one is above it.
-- KEYS: lock, record   ARGV: token, attempt, ttl in ms, details, record retention in ms
-- Returns the fence, or nothing when the token does not hold the lock.

if redis.call('get', KEYS[1]) ~= ARGV[1] then
  return {}
end
local fence = redis.call('hget', KEYS[2], 'last')
if not fence then
  local clock = redis.call('time')
  fence = string.format('%.0f', clock[1] * 1000000 + clock[2])
end
redis.call('hset', KEYS[2], 'v', '1', 'by', ARGV[2], 'base', fence, 'fences', 1, 'last', fence, 'token', ARGV[1],
  'details', ARGV[4])
redis.call('pexpire', KEYS[1], ARGV[3])
redis.call('pexpire', KEYS[2], ARGV[3] + ARGV[5])
return { tonumber(fence) }
