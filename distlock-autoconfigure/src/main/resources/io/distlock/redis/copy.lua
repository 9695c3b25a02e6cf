-- Writes without changing anything: a replica that has this has all that was written before, the grant of the lock among it.
-- KEYS: record
-- Returns 1, or 0 when nothing is known of the lock any more.

return { redis.call('pexpire', KEYS[1], math.max(1, redis.call('pttl', KEYS[1]))) }
