-- The common case of a release while others wait: the first in line is alive and listens, so the lock becomes its own, and
-- the releaser may stand in line again. All as release.lua does it, which is left what is not so simple.

-- Redis writes a number out as text slowly, most of all after a rest: so texts are handed on as they are.
local function hand_on()
  local again = #ARGV > 5
  local first = redis.call('zrange', KEYS[3], '0', again and '0' or '1')
  local entry = first[1] and redis.call('hget', KEYS[4], first[1])
  local last, ended = string.match(packed, '^[^\n]*\n(%d+)[^\n]*(\n[^\n]*\n[^\n]*\n)')
  if not entry or not last or tonumber(last) >= micros then
    return nil
  end
  local number, asked, alive, ttl, fences, inbox, attempt, token, details =
    string.match(entry, '^(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n1\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
  local since = number and micros - asked
  if not since or since < 0 or since >= alive * 1000 or tonumber(ttl) > tonumber(ARGV[1])
    or string.sub(ARGV[2], 1, 1) == '1' and redis.pcall('pubsub', 'numsub', inbox)[2] == 0 then
    return nil
  end

  local now = clock[1] .. string.sub('00000' .. clock[2], -6)
  local listens, question, lives, me
  if again then
    listens, question, lives, me = string.match(ARGV[11], '^1(%d) (%d+) (%d+) (.*)$')
    if not me or token == ARGV[6] or string.find(packed, ARGV[7], 1, true)
      or redis.pcall('hsetnx', KEYS[4], me, question .. '\n' .. now .. '\n' .. lives .. '\n' .. ARGV[8] .. '\n' .. ARGV[9]
        .. '\n' .. listens .. '\n' .. string.sub(ARGV[2], 2) .. '\n' .. ARGV[7] .. '\n' .. ARGV[6] .. '\n' .. ARGV[10]) ~= 1 then
      return nil
    end
  end

  -- Before the first leaves, or its line would end with it and have to be made anew; HSETNX has shown that memory is left
  if again then
    redis.call('zadd', KEYS[3], 'NX', now, me)
  end
  -- ZREM and HDEL before SET: they are allowed when memory is full, and what follows them is then, too
  redis.call('zrem', KEYS[3], first[1])
  redis.call('hdel', KEYS[4], first[1])
  redis.call('set', KEYS[1], token, 'PX', ttl)
  if again and redis.call('pttl', KEYS[3]) <= tonumber(lives) then
    redis.call('pexpire', KEYS[3], math.ceil(1.25 * lives))
    redis.call('pexpire', KEYS[4], math.ceil(1.25 * lives))
  end
  redis.call('set', KEYS[2], '1' .. ((again or first[2]) and '1' or '0') .. attempt .. '\n'
    .. (fences == '1' and now or string.format('%.0f', micros + fences - 1)) .. ' ' .. now .. ' ' .. fences .. ended
    .. token .. '\n' .. details .. '\n' .. released_of(packed, KEPT - #ARGV[4] - 1) .. ARGV[4] .. ' ', 'PX', ARGV[1])
  redis.pcall('publish', inbox, first[1] .. '\n' .. number .. '\n' .. ttl .. '\n' .. now .. '\n' .. fences .. '\n' .. attempt
    .. '\n' .. token .. '\n' .. KEYS[1])
  return again and { 1, { 0, tonumber(ttl), token, micros, details } } or { 1 }
end

if #ARGV <= 11 and begins == '11' .. ARGV[4] .. '\n' then
  local done = hand_on()
  if done then
    return done
  end
end
