-- Tells an instance something, if it listens.
-- KEYS: the lock that it is about   ARGV: inbox, message

redis.pcall('publish', ARGV[1], ARGV[2])
return {}
