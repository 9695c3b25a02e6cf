-- The common case of acquire.lua first, which pays for none of what the others need: one question for not
-- longer than the record is kept, the lock is free, and nobody has stood in line since it was last seen empty.

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]

if #KEYS == 4 and tonumber(ARGV[5]) <= tonumber(ARGV[1]) then
  local now, packed = clock[1] .. string.sub('00000' .. clock[2], -6), redis.call('get', KEYS[2])
  local last, ended = string.match(packed or '', '^10[^\n]*\n(%d+)[^\n]*(\n[^\n]*\n[^\n]*\n)')
  -- of as many digits, so that texts compare as numbers do
  if last and #last == #now and last < now and not string.find(packed, ARGV[4], 1, true)
    and redis.call('set', KEYS[1], ARGV[3], 'NX', 'PX', ARGV[5]) then
    redis.call('set', KEYS[2], '10' .. ARGV[4] .. '\n'
      .. (ARGV[6] == '1' and now or string.format('%.0f', micros + ARGV[6] - 1)) .. ' ' .. now .. ' ' .. ARGV[6] .. ended
      .. ARGV[3] .. '\n' .. ARGV[7] .. '\n' .. released_of(packed, KEPT), 'PX', ARGV[1])
    return { { 1, micros, tonumber(ARGV[6]) } }
  end
end
