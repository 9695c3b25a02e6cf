-- Sets how long a hold lives from now.
-- KEYS: lock, record   ARGV: token, ttl in ms, record retention in ms
-- Returns 1 ours, 0 gone, -1 another's.

local holder = redis.call('get', KEYS[1])
if holder ~= ARGV[1] then
  return holder and -1 or 0
end
redis.call('pexpire', KEYS[1], ARGV[2])
redis.call('pexpire', KEYS[2], math.max(ARGV[2], ARGV[3]))
return 1
