-- Ends a hold, leaves the line, hands the lock on, and stands in line with a next claim: what of it is asked for.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms, whether subscribers can be counted, inbox, token, attempt ('' = any), fences used, ms to
--       keep the lock, member ('' = none), whether to refuse later questions of the attempt; then a next claim as in
--       acquire.lua, or nothing
-- Returns {1 ended | 0 gone | -1 another's, reply to the next claim}. A release that is executed twice says 1 twice.

about(KEYS, 1)
local token, attempt, used, keep = ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local member, undo = ARGV[8], ARGV[9] == '1'

local holder = redis.call('get', lock)
local was = read_record()
local mine = holder == token and (attempt == '' or not was.by or was.by == attempt)
local by_token = attempt == ''
local before
if by_token then
  before = redis.call('hget', record, 'released') == token
else
  before = among(was.freed, attempt)
end
local outcome = 0
if mine or before then
  outcome = 1
elseif holder then
  outcome = -1
end

-- DEL and PEXPIRE first: they are allowed when memory is full, and what follows them is then, too
if mine then
  if keep > 0 then
    redis.call('pexpire', lock, keep)
  else
    redis.call('del', lock)
    holder = false
  end
  if was.by then
    local last = was.last
    if used > 0 and was.base + was.fences - 1 == last then
      last = was.base + used - 1
    end
    redis.call('hset', record, 'last', text(last))
  end
  local ended = was.by or attempt
  if ended ~= '' then
    if by_token then
      redis.call('hset', record, 'v', VERSION, 'void', with(was.void, ended), 'released', token)
    else
      redis.call('hset', record, 'v', VERSION, 'freed', with(was.freed, ended))
    end
    redis.call('pexpire', record, retention + keep)
  end
elseif undo and not before and not among(was.void, attempt) then
  redis.pcall('hset', record, 'v', VERSION, 'void', with(was.void, attempt))
  at_least(record, retention)
end
leave(member, token)

local reply = false
if #ARGV > 9 then
  reply = ask(question(10))
elseif not holder then
  local next, entry, dead = first_in_line(nil)
  if entry then
    hand_to(next, entry, dead, read_record().last)
  else
    forget(dead)
  end
end
send_messages()
return { outcome, reply }
