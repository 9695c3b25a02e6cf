-- Lengthens holds, never shortens one.
-- KEYS: locks   ARGV: of each: token, ttl in ms
-- Returns of each 1 ours, 0 gone, -1 another's or of another type.

local replies = {}
for i, lock in ipairs(KEYS) do
  local holder = redis.pcall('get', lock)
  if holder == ARGV[2 * i - 1] then
    local ttl = tonumber(ARGV[2 * i])
    if redis.call('pttl', lock) < ttl then
      redis.call('pexpire', lock, ttl)
    end
    replies[i] = 1
  else
    replies[i] = holder and -1 or 0
  end
end
return replies
