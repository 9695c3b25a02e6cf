-- The common case of release.lua first, which pays for none of what the others need: a lease ends, nothing else is asked
-- for, and nobody has stood in line since it was last seen empty.

if #ARGV == 9 and ARGV[7] == '0' and ARGV[8] == '' and redis.call('get', KEYS[1]) == ARGV[4] then
  local version, last, lined, by, base, fences, freed, void, released, token, details =
    string.match(redis.call('get', KEYS[2]) or '', RECORD)
  if version == VERSION and lined == '0' and by == ARGV[5] then
    redis.call('del', KEYS[1])
    if base + fences - 1 == tonumber(last) then
      last = base + ARGV[6] - 1
    end
    redis.call('set', KEYS[2], string.format(PACKED, last, '0', by, base, fences,
      string.sub(' ' .. by .. freed, 1, KEPT), void, released, token, details), 'PX', ARGV[1])
    return { 1, false }
  end
end

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]
