
-- How a hold ends, a claim leaves the line, the lock is handed on, and the next claim asked: what of it is wished for.
-- `how` as in release.lua; `next` is a claim or nothing.
local function finish(token, attempt, how, next)
  local undo, keep, member = string.match(how, '^(%d) (%d+) (.*)$')
  undo, keep, member = undo == '1', tonumber(keep or 0), member or ''
  local by_token = attempt == ''

  local holder = redis.call('get', lock)
  local was = read_record()
  local mine = holder == token and (by_token or not was.by or was.by == attempt)
  local before = by_token and was.released == token or not by_token and among(was.freed, attempt)
  local outcome = 0
  if mine or before then
    outcome = 1
  elseif holder then
    outcome = -1
  end

  -- DEL and PEXPIRE first: they are allowed when memory is full, and what follows them is then, too
  local unsaved = false
  if mine then
    if keep > 0 then
      redis.call('pexpire', lock, keep)
    else
      redis.call('del', lock)
      holder = false
    end
    local ended = was.by or attempt
    if by_token then
      was.void, was.released = with(was.void, ended), token
    else
      was.freed = was.freed .. ended .. ' '
    end
    unsaved = true
  elseif undo and not before and not among(was.void, attempt) then
    was.void = with(was.void, attempt)
    unsaved = true
  end
  leave(member, token)

  local reply = false
  if next then
    reply = ask(next, holder, was, unsaved)
    unsaved = false
  elseif not holder then
    local first, entry, dead = first_in_line(nil)
    if entry then
      hand_to(first, entry, dead, was)
      unsaved = false
    elseif #dead > 0 or was.lined == '1' then
      forget(dead)
      look_at_line(was, 0)
    end
  end
  if unsaved and mine then
    write_record(was, retention + keep)
  elseif unsaved then
    save_record(was, retention)
  end
  return { outcome, reply }
end

