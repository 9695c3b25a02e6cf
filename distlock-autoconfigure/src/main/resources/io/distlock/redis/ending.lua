
-- How a hold ends, a claim leaves the line, the lock is handed on, and the next claim asked: what of it is wished for.
-- `how` as in release.lua; `next` is a claim or nothing. Of what is known by its token alone, the reply says whose it was.
local function finish(token, attempt, how, next)
  local undo, keep, member = string.match(how, '^(%d) (%d+) (.*)$')
  undo, keep, member = undo == '1', tonumber(keep or 0), member or ''
  local by_token = attempt == ''

  local was = read_lock()
  local sharer = was.sharers and sharing().find(was.sharers, token, not by_token and attempt or nil)
  local mine = sharer or not was.sharers and was.holder == token and (by_token or not was.by or was.by == attempt)
  local before = by_token and was.released == token or not by_token and among(was.freed, attempt)
  local outcome = 0
  if mine or before then
    outcome = 1
  elseif was.holder and not was.sharers then
    outcome = -1
  end

  -- DEL and PEXPIRE first: they are allowed when memory is full, and what follows them is then, too
  local unsaved, ended, left = false, nil, 0
  if mine then
    left = by_token and redis.call('pttl', lock)
    ended = sharer and sharer.attempt or was.by or attempt
    if sharer and (keep > 0 or was.sharers.count > 1) then
      sharing().finish(lock, was.sharers, sharer, keep)
    elseif keep > 0 then
      redis.call('pexpire', lock, keep)
    else
      redis.call('del', lock)
      was.holder, was.sharers = false, nil
      was.details = sharer and '' or was.details
    end
    if by_token then
      was.void, was.released = with(was, was.void, ended), token
    else
      was.freed = was.freed .. ended .. ' '
    end
    unsaved = true
  elseif undo and not before and not among(was.void, attempt) then
    was.void = with(was, was.void, attempt)
    unsaved = true
  end
  leave(member, attempt)

  local reply = next and ask(next, was, unsaved)
  if reply and reply[1] ~= ENDED then
    unsaved = false
  elseif not was.holder or was.sharers and was.lined == '1' then
    local served, first, dead = serve(nil, was)
    if served then
      unsaved = false
    elseif first and (#dead > 0 or was.lined == '1') then
      forget(dead)
      look_at_line(was, 0)
    end
  end
  if unsaved and sharer and was.sharers then
    write_record(was, math.max(was.sharers.left, retention))
  elseif unsaved and mine then
    write_record(was, retention + keep)
  elseif unsaved then
    save_record(was, retention)
  end
  return { outcome, reply, by_token and ended ~= '' and ended or false, left }
end

