-- Sets how long a hold lives from now.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms, as in acquire.lua, token, attempt ('' = any), ttl in ms
-- Returns 1 ours, 0 gone, -1 another's.

local holder = redis.call('get', KEYS[1])
if holder ~= 'shared' then
  if holder ~= ARGV[3] or is_anothers(KEYS[2], ARGV[4]) then
    return { holder and -1 or 0 }
  end
  redis.call('pexpire', KEYS[1], ARGV[5])
  redis.call('pexpire', KEYS[2], math.max(ARGV[5], ARGV[1]))
  return { 1 }
end
