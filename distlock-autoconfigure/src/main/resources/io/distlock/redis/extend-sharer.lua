-- The hold of one of several.

about(KEYS, 1)
local token, attempt, ttl = ARGV[3], ARGV[4], tonumber(ARGV[5])
local was = read_lock()
if not was.sharers then
  if was.holder ~= token or is_anothers(record, attempt) then
    return { was.holder and -1 or 0 }
  end
  redis.call('pexpire', lock, ttl)
  redis.call('pexpire', record, math.max(ttl, retention))
  return { 1 }
end
local sharer = sharing().find(was.sharers, token, attempt ~= '' and attempt or nil)
if not sharer then
  return { 0 }
end
sharing().set_end(was.sharers, sharer, millis + ttl)
local left = sharing().longest(was.sharers) - millis
redis.call('pexpire', lock, left)
write_record(was, math.max(left, retention))
return { 1 }
