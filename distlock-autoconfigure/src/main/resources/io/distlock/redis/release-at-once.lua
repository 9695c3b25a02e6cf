-- The common cases of release.lua first, which pay for none of what the others need. Here: a lease ends, nothing else is
-- asked for, and the record says that this may be all.

local function begins(text, start)
  return string.sub(text, 1, #start) == start
end

local packed = ARGV[5] == '' and ARGV[4] ~= '' and redis.call('get', KEYS[1]) == ARGV[3] and redis.call('get', KEYS[2])

if packed and #ARGV == 5 and begins(packed, VERSION .. '0' .. ARGV[4] .. '\n') then
  redis.call('del', KEYS[1])
  redis.call('append', KEYS[2], ARGV[4] .. ' ')
  return { 1, false }
end

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]
