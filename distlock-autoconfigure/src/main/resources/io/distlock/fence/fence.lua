-- Refuses a fence lower than the highest seen, and writes a value if one is given.
-- KEYS: fence, value (or none)
-- ARGV: fence, for how many ms it is remembered, value, for how many ms that lives
-- Returns 1, or 0 if the fence is stale. Fences have 16 digits, which numbers here hold exactly.

local highest = redis.call('get', KEYS[1])
if highest and tonumber(highest) > tonumber(ARGV[1]) then
  return 0
end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
if KEYS[2] then
  redis.call('set', KEYS[2], ARGV[3], 'PX', ARGV[4])
end
return 1
