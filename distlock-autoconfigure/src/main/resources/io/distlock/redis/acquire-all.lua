-- Many locks or none: they are granted if each is free and nobody stands in line at any of them. Asked twice, it is
-- answered the same.
-- KEYS: lock, record, line, waiting of each   ARGV: as in acquire.lua, without a place in line
-- Returns {1, {first fence, fences} of each}, or {0, which is the first that is not to be had, ms until free, token, fence,
-- details},
-- or {3} one of these attempts was ended.

local all, refused = {}, nil
for i = 1, #KEYS / 4 do
  about(KEYS, 4 * i - 3)
  local one = { claim = question(6 * i - 3), was = read_lock() }
  if among(one.was.freed, one.claim.attempt) or among(one.was.void, one.claim.attempt) then
    return { ENDED }
  end
  one.mine = one.was.holder == one.claim.token and not one.was.sharers
    and (not one.was.by or one.was.by == one.claim.attempt)
  if not one.was.holder then
    one.member, one.entry, one.dead = first_in_line(nil)
  end
  if not refused and not one.mine and (one.was.holder or one.entry) then
    refused = i
  end
  all[i] = one
end

if refused then
  for i, one in ipairs(all) do
    if one.mine then
      -- Granted to this very question when it was asked before
      about(KEYS, 4 * i - 3)
      finish(one.claim.token, one.claim.attempt, '')
    end
  end
  local one = all[refused]
  about(KEYS, 4 * refused - 3)
  if one.entry or one.was.sharers then
    serve(nil, one.was)
  end
  send_messages()
  return { BUSY, refused, free_in(one.was, one.claim), one.was.holder, one.was.by and one.was.base or false,
    told(one.was) }
end

local grants = {}
for i, one in ipairs(all) do
  about(KEYS, 4 * i - 3)
  if one.mine and one.was.by then
    at_least(lock, one.claim.ttl)
  else
    grant(one.claim, one.was, one.dead or {})
  end
  grants[i] = { one.was.base, one.was.fences }
end
return { GRANTED, grants }
