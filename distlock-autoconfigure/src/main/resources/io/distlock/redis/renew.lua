-- Lengthens holds, never shortens one; and what is known of the holder with them, where its key is named.
-- KEYS: of each: lock, or lock and record   ARGV: record retention in ms; then of each: token, ttl in ms
-- Returns of each 1 ours, 0 gone, -1 another's or of another type.

local function at_least(key, ttl)
  if redis.call('pttl', key) < ttl then
    redis.call('pexpire', key, ttl)
  end
end

local replies = {}
local step = #KEYS / ((#ARGV - 1) / 2)
for i = 1, #KEYS / step do
  local lock, record = KEYS[step * (i - 1) + 1], KEYS[step * (i - 1) + 2]
  local token, ttl = ARGV[2 * i], tonumber(ARGV[2 * i + 1])
  local holder = redis.pcall('get', lock)
  if holder == token then
    at_least(lock, ttl)
    if step == 2 then
      at_least(record, math.max(ttl, ARGV[1]))
    end
    replies[i] = 1
  else
    replies[i] = holder and -1 or 0
  end
end
return replies
