-- Ends a hold, leaves the line, hands the lock on, and stands in line with a next claim: what of it is asked for.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms; 1 if subscribers can be counted, else 0, and at once the inbox; token, attempt ('' = any),
--       nothing, or in one text 1 if later questions of the attempt are refused, ms to keep the lock, member that leaves
--       the line; then a next claim as in acquire.lua, or nothing
-- Returns {1 ended | 0 gone | -1 another's, reply to the next claim}. A release that is executed twice says 1 twice.

about(KEYS, 1)
local token, attempt = ARGV[3], ARGV[4]
local undo, keep, member = string.match(ARGV[5], '^(%d) (%d+) (.*)$')
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
if #ARGV > 5 then
  reply = ask(question(6), holder, was, unsaved)
  unsaved = false
elseif not holder then
  local next, entry, dead = first_in_line(nil)
  if entry then
    hand_to(next, entry, dead, was)
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
send_messages()
return { outcome, reply }
