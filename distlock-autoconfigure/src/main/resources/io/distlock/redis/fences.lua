-- Replaces the fences of a grant by those that were found for it among several servers. None that was given since is lost.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms, as in acquire.lua, token, attempt, first fence, fences
-- Returns 1 ours, 0 gone, -1 another's.

about(KEYS, 1)
local token, attempt, base, fences = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])

local holder = redis.call('get', lock)
local was = read_record()
if holder ~= token or was.by ~= attempt then
  return { holder and -1 or 0 }
end
was.base, was.fences = base, fences
was.last = math.max(was.last, base + fences - 1)
save_record(was, retention)
return { 1 }
