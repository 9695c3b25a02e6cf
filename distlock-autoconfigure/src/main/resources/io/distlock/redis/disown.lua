-- Takes back an adoption whose answer nobody heard, or can use: who had the hold before has it again, and as long as its
-- ttl is by now. If the adoption has not come yet, it is refused when it does.
-- KEYS: lock, record, line, waiting   ARGV: record retention in ms, as in acquire.lua, token, attempt
-- Returns 1 given back, 0 gone, -1 another's.

about(KEYS, 1)
local token, attempt = ARGV[3], ARGV[4]

local was = read_lock()
local sharer = was.sharers and sharing().find(was.sharers, token, attempt)
if not sharer and (was.sharers or was.holder ~= token or was.by ~= attempt) then
  local adoptable = was.sharers and sharing().find(was.sharers, token) or was.holder == token
  if adoptable and not among(was.void, attempt) and not among(was.freed, attempt) then
    was.void = with(was, was.void, attempt)
    save_record(was, retention)
  end
  return { was.holder and not was.sharers and -1 or 0 }
end

local at, last = string.find(was.void, ' <' .. attempt .. ' ', 1, true)
local former = at and string.match(string.sub(was.void, 1, at - 1), '[^ ]+$') or '-'
was.void = at and string.sub(was.void, 1, at - #former - 1) .. attempt .. string.sub(was.void, last)
  or with(was, was.void, attempt)
if sharer then
  local held = string.sub(was.sharers.list, sharer.first, sharer.last)
  sharing().replace(was.sharers, sharer.first, sharer.last,
    string.sub(held, 1, 15) .. former .. string.sub(held, 16 + #attempt))
else
  was.by = former ~= '-' and former or nil
end
save_record(was, retention)
return { 1 }
