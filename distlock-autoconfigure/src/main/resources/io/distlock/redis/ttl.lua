-- KEYS: lock   ARGV: token
-- Returns the ms until the hold expires (-1 = never), or nothing when it is not this token's.

if redis.call('get', KEYS[1]) ~= ARGV[1] then
  return {}
end
return { redis.call('pttl', KEYS[1]) }
