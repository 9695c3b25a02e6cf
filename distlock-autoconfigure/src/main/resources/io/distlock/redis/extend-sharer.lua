-- The hold of one of several.

about(KEYS, 1)
local token, ttl = ARGV[3], tonumber(ARGV[4])
local was = read_lock()
if not was.sharers then
  if was.holder ~= token then
    return { was.holder and -1 or 0 }
  end
  redis.call('pexpire', lock, ttl)
  redis.call('pexpire', record, math.max(ttl, retention))
  return { 1 }
end
local sharer = sharing().find(was.sharers, token)
if not sharer then
  return { 0 }
end
sharing().set_end(was.sharers, sharer, millis + ttl)
local left = sharing().longest(was.sharers) - millis
redis.call('pexpire', lock, left)
write_record(was, math.max(left, retention))
return { 1 }
