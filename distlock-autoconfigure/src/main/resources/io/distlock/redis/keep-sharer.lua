-- KEYS: record   ARGV: record retention in ms, token, attempt, ttl in ms
-- Returns 1 ours, 0 gone. Of one key only, so that it works while a slot of the cluster is being moved.

return { lengthen_sharer(KEYS[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[1])) or 0 }
