-- The common case of acquire.lua first, which pays for none of what the others need: one question, the lock is free, and
-- nobody has stood in line since it was last seen empty.

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]

if #KEYS == 4 then
  local packed = redis.call('get', KEYS[2])
  if packed and not string.find(packed, ARGV[6], 1, true) then
    local version, last, lined, _, _, _, freed, void, released = string.match(packed, RECORD)
    if version == VERSION and lined == '0' and redis.call('set', KEYS[1], ARGV[5], 'NX', 'PX', ARGV[7]) then
      local base = micros
      if tonumber(last) >= base then
        base = last + 1
      end
      redis.call('set', KEYS[2], string.format(PACKED, base + ARGV[8] - 1, '0', ARGV[6], base, ARGV[8], freed, void,
        released, ARGV[5], ARGV[9]), 'PX', ARGV[7] + ARGV[1])
      return { { 1, base, tonumber(ARGV[8]) } }
    end
  end
end
