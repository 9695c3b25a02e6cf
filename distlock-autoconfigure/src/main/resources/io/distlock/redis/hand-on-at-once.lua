-- The common case of a release while others wait: the first in line is alive and listens, so the lock becomes its own, and
-- the releaser may stand in line again. All as release.lua does it, which is left what is not so simple.

local function hand_on()
  local first = redis.call('zrange', KEYS[3], 0, 1)
  local entry = first[1] and redis.call('hget', KEYS[4], first[1])
  local last, void, released, freed = string.match(packed, '^[^\n]*\n(%d+)[^\n]*\n([^\n]*)\n([^\n]*)\n.*\n([^\n]*)$')
  if not entry or not last or tonumber(last) >= micros then
    return nil
  end
  local number, mark, alive, ttl, fences, inbox, attempt, token, details =
    string.match(entry, '^(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n1\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
  local millis = math.floor(micros / 1000)
  if not number or tonumber(mark) <= millis or tonumber(mark) > millis + alive or tonumber(ttl) > tonumber(ARGV[1])
    or string.sub(ARGV[2], 1, 1) == '1' and redis.pcall('pubsub', 'numsub', inbox)[2] == 0 then
    return nil
  end

  local again, listens, asked, marked, me = #ARGV > 5, nil, nil, nil, nil
  if again then
    listens, asked, marked, me = string.match(ARGV[11], '^1(%d) (%d+) (%d+) (.*)$')
    if not me or token == ARGV[6] or string.find(packed, ARGV[7], 1, true) or redis.call('hget', KEYS[4], me) then
      return nil
    end
  end

  redis.call('del', KEYS[1])
  redis.call('set', KEYS[1], token, 'PX', ttl)
  redis.call('zrem', KEYS[3], first[1])
  redis.call('hdel', KEYS[4], first[1])
  if again then
    redis.call('hset', KEYS[4], me, table.concat(
      { asked, string.format('%.0f', millis + marked), marked, ARGV[8], ARGV[9], listens, string.sub(ARGV[2], 2),
        ARGV[7], ARGV[6], ARGV[10] }, '\n'))
    redis.call('zadd', KEYS[3], 'NX', string.format('%.0f', micros), me)
    if redis.call('pttl', KEYS[3]) <= tonumber(marked) then
      redis.call('pexpire', KEYS[3], math.ceil(1.25 * marked))
      redis.call('pexpire', KEYS[4], math.ceil(1.25 * marked))
    end
  end
  redis.call('set', KEYS[2], string.format(PACKED, (again or first[2]) and '1' or '0', attempt, micros + fences - 1,
    micros, fences, void, released, token, details, string.sub(freed .. ARGV[4] .. ' ', -KEPT)), 'PX', ARGV[1])
  redis.pcall('publish', inbox,
    table.concat({ first[1], number, ttl, string.format('%.0f', micros), fences, attempt, token, KEYS[1] }, '\n'))
  return { 1, again and { 0, tonumber(ttl), token, micros, details } or false }
end

if packed and #ARGV <= 11 and begins(packed, VERSION .. '1' .. ARGV[4] .. '\n') then
  local done = hand_on()
  if done then
    return done
  end
end
