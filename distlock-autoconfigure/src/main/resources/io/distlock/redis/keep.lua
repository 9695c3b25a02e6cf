-- Lengthens what is known of a holder. Of one key only, so that it works while a slot of the cluster is being moved.
-- KEYS: record   ARGV: ms

if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('pexpire', KEYS[1], ARGV[1])
end
return {}
