-- The common case of acquire.lua first, which pays for none of what the others need: one question for not
-- longer than the record is kept, the lock is free, and nobody has stood in line since it was last seen empty.

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]

if #KEYS == 4 and tonumber(ARGV[5]) <= tonumber(ARGV[1]) then
  local packed = redis.call('get', KEYS[2])
  if packed and not string.find(packed, ARGV[4], 1, true) then
    local last, void, released, freed = string.match(packed, '^10[^\n]*\n(%d+)[^\n]*\n([^\n]*)\n([^\n]*)\n.*\n([^\n]*)$')
    if last and tonumber(last) < micros and redis.call('set', KEYS[1], ARGV[3], 'NX', 'PX', ARGV[5]) then
      redis.call('set', KEYS[2], string.format(PACKED, '0', ARGV[4], micros + ARGV[6] - 1, micros, ARGV[6], void, released,
        ARGV[3], ARGV[7], string.sub(freed, -KEPT)), 'PX', ARGV[1])
      return { { 1, micros, tonumber(ARGV[6]) } }
    end
  end
end
