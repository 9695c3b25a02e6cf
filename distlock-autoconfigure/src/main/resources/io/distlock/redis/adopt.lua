-- Goes on with a hold under a new attempt; its fence is the last one reserved, so no earlier one is above it. The hold is
-- lengthened, never shortened: whoever had it may still believe in what it was granted.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms, as in acquire.lua, token, attempt, ttl in ms, details
-- Returns the fence, or nothing when the token does not hold the lock, or the attempt is over.

about(KEYS, 1)
local token, attempt, ttl, details = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]

-- Who had it before stands beside the mark of who has it now, for disown.lua.
local function ended(was, former)
  was.void = with(was, with(was, was.void, '<' .. attempt), former)
end

local was = read_lock()
if among(was.freed, attempt) or among(was.void, attempt) then
  return {}
end
if was.sharers then
  local sharer = sharing().find(was.sharers, token)
  if not sharer then
    return {}
  end
  if sharer.attempt ~= attempt then
    ended(was, sharer.attempt)
  end
  sharing().replace(was.sharers, sharer.first, sharer.last, sharing().line_of(math.max(sharer.ends, millis + ttl), attempt, token,
    sharer.fence, sharer.permits, details))
  at_least(lock, ttl)
  save_record(was, math.max(ttl, retention))
  return { sharer.fence }
end
if was.holder ~= token then
  return {}
end
if was.by ~= attempt then
  ended(was, was.by or '-')
end
local last = was.by and was.base + was.fences - 1 or micros
was.last = math.max(was.last, last)
was.by, was.base, was.fences, was.token, was.details = attempt, last, 1, token, details
at_least(lock, ttl)
look_at_line(was, redis.call('pttl', lock))
write_record(was, math.max(redis.call('pttl', lock), retention))
return { was.base }
