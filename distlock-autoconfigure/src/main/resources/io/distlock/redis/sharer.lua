-- Lengthens the hold of one who shares a lock, as far as the record of that knows; the lock itself is left to others.
-- Returns 1 ours, 0 gone, or nothing where the record knows of none who share.

local function lengthen_sharer(record, token, attempt, ttl, retention)
  local packed = redis.pcall('get', record)
  if type(packed) ~= 'string' or string.match(packed, '^%d%d([^\n]*)') ~= 'shared' then
    return nil
  end
  local escaped = string.gsub(token, '[%%\n\t]', { ['%'] = '%25', ['\n'] = '%0A', ['\t'] = '%09' })
  local at = string.find(packed, '\t' .. attempt .. '\t' .. escaped .. '\t', 1, true)
  local clock = redis.call('time')
  local millis = math.floor((clock[1] * 1000000 + clock[2]) / 1000)
  local ends = at and tonumber(string.sub(packed, at - 13, at - 1))
  if not ends or ends <= millis then
    return 0
  end
  -- PEXPIRE first: it is allowed when memory is full, and what follows it is then, too
  local kept = math.max(redis.call('pttl', record), ttl, retention)
  redis.call('pexpire', record, kept)
  if ends < millis + ttl then
    redis.call('set', record, string.sub(packed, 1, at - 14) .. string.format('%013.0f', millis + ttl)
      .. string.sub(packed, at), 'PX', kept)
  end
  return 1
end
