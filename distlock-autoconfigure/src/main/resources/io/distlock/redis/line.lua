-- The rules of one lock and its line, for all but the common cases. Everything is read before the first write: an error
-- rolls nothing back. Times are this server's.

local GRANTED, BUSY, ENDED, FAILED = 1, 0, 3, -2
-- Other clients wait as long as a script runs, so a crowd is let in by several questions
local MOST_SERVED = 100

local lock, record, line, waiting
local retention, counted, inbox = tonumber(ARGV[1]), string.sub(ARGV[2], 1, 1) == '1', string.sub(ARGV[2], 2)
local messages = {}

local function about(keys, first)
  lock, record, line, waiting = keys[first], keys[first + 1], keys[first + 2], keys[first + 3]
end

local function text(number)
  return string.format('%.0f', number)
end

local function at_least(key, ttl)
  if redis.call('pttl', key) < ttl then
    redis.call('pexpire', key, ttl)
  end
end

-- Without a record nothing is known of attempts, and whether somebody stands in line must be looked up.
local function read_record()
  local packed = redis.call('get', record)
  if not packed then
    return { last = 0, lined = '1', base = 0, fences = 0, freed = ' ', void = ' ', released = '', token = '', details = '' }
  end
  local version, lined, by, last, base, fences, void, released, token, details, freed
  if string.sub(packed, 3, 9) == SHARED .. '\n' then
    version, lined, by, last, base, fences, void, released, token, details, freed = sharing().match_record(packed)
  else
    version, lined, by, last, base, fences, void, released, token, details, freed = string.match(packed, RECORD)
  end
  if version ~= VERSION then
    unknown(record, packed)
  end
  return {
    last = tonumber(last), lined = lined, by = by ~= '' and by or nil, base = tonumber(base), fences = tonumber(fences),
    freed = freed, void = void, released = released, token = token, details = details
  }
end

-- What stands at the lock, unless it is over; and who shares it.
local function read_lock()
  local was = read_record()
  was.holder = redis.call('get', lock)
  if was.holder == SHARED and was.by == SHARED then
    was.sharers = sharing().read(was.details)
    if was.sharers.count == 0 then
      was.holder, was.sharers = false, nil
    end
  end
  return was
end

local function kept(was)
  return was.by == SHARED and KEPT_OF_SHARERS or KEPT
end

local function write_record(was, ttl)
  if was.sharers and was.sharers.changed then
    was.details, was.sharers.changed = sharing().pack(was.sharers), false
  end
  redis.call('set', record, string.format(PACKED, was.lined, was.by or '', was.last, was.base, was.fences, was.void,
    was.released, was.token, was.details, string.sub(was.freed, -kept(was))), 'PX', ttl)
end

-- For changes that grant nothing: the record may have to outlive a longer hold.
local function save_record(was, ttl)
  write_record(was, math.max(redis.call('pttl', record), ttl))
end

local function among(attempts, attempt)
  return string.find(attempts, ' ' .. attempt .. ' ', 1, true) ~= nil
end

local function with(was, attempts, attempt)
  return string.sub(' ' .. attempt .. attempts, 1, kept(was))
end

local function question(first)
  local claim = {
    token = ARGV[first], attempt = ARGV[first + 1], ttl = tonumber(ARGV[first + 2]), fences = tonumber(ARGV[first + 3]),
    details = ARGV[first + 4], stands = false, member = '', number = 0, alive = 0, listens = '0', permits = 1
  }
  local place = ARGV[first + 5]
  local permits, rest = string.match(place, '^p(%d+) (.*)$')
  if permits then
    claim.permits, claim.fences, place = tonumber(permits), 1, rest
  end
  local stands, listens, number, alive, member = string.match(place, '^(%d)(%d) (%d+) (%d+) (.*)$')
  if stands then
    claim.stands, claim.listens, claim.member = stands == '1', listens, member
    claim.number, claim.alive = tonumber(number), tonumber(alive)
  end
  return claim
end

local ENTRY = '^(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d) ?(%d*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$'

local function read_entry(member)
  local packed = redis.call('hget', waiting, member)
  if not packed then
    return nil
  end
  local number, asked, alive, ttl, fences, listens, permits, channel, attempt, token, details =
    string.match(packed, ENTRY)
  if not number then
    return nil
  end
  return {
    number = tonumber(number), asked = tonumber(asked), alive = tonumber(alive), ttl = tonumber(ttl),
    fences = tonumber(fences), listens = listens == '1', permits = tonumber(permits) or 1, inbox = channel,
    attempt = attempt, token = token, details = details
  }
end

-- Who asked at a time that is yet to come did so before the clock was set back.
local function is_alive(entry)
  return entry.asked <= micros and micros < entry.asked + 1000 * entry.alive
end

-- A listener that no connection listens for is passed over; whoever asks by itself finds its grant.
local function hears(entry)
  if not (entry.listens and counted) then
    return true
  end
  local seen = redis.pcall('pubsub', 'numsub', entry.inbox)
  return seen.err ~= nil or tonumber(seen[2]) > 0
end

-- First in line who can take the lock, and the dead before it. For `me` there is no entry: it is here.
local function first_in_line(me)
  local dead, rank = {}, 0
  while true do
    local member = redis.call('zrange', line, rank, rank)[1]
    if not member or member == me then
      return member, nil, dead
    end
    local entry = read_entry(member)
    if not entry or not is_alive(entry) then
      dead[#dead + 1] = member
    elseif hears(entry) then
      return member, entry, dead
    end
    rank = rank + 1
  end
end

local function forget(members)
  for _, member in ipairs(members) do
    redis.call('zrem', line, member)
    redis.call('hdel', waiting, member)
  end
end

local function look_at_line(was, ttl, more)
  was.lined = (more or ttl > retention or redis.call('exists', line) == 1) and '1' or '0'
end

-- Whether those who hold the lock, and the claim, agree to one more.
local function has_room(was, claim)
  local all = was.sharers
  if all then
    return all.count < all.limit and all.count < claim.permits and not sharing().find(all, claim.token)
  end
  return not was.holder
end

-- One more of those who share; to be written when all have come who do.
local function join(claim, was)
  was.sharers = was.sharers or { count = 0, limit = ANY, soonest = FAR, list = '' }
  was.base, was.fences = math.max(micros, was.last + 1), 1
  was.last, was.by, was.token = was.base, SHARED, SHARED
  sharing().add(was.sharers, claim, was.base)
end

local function write_sharers(was, more)
  local ttl = was.sharers.reach - millis
  local left = was.holder == SHARED and redis.call('pttl', lock) or 0
  if was.lined == '1' then
    look_at_line(was, 0, more)
  end
  write_record(was, math.max(left, ttl, retention))
  if was.holder ~= SHARED then
    redis.call('set', lock, SHARED, 'PX', ttl)
    was.holder = SHARED
  elseif left < ttl then
    redis.call('pexpire', lock, ttl)
  end
end

-- The grant: the lock gets the token, the record a fence above every earlier one. Those named leave the line, and `more`
-- says that somebody will stand there next.
local function grant(claim, was, leaving, more)
  if claim.permits > 1 then
    join(claim, was)
    write_sharers(was, more)
    forget(leaving)
    return
  end
  was.base, was.fences = micros, claim.fences
  if was.last >= micros then
    -- Blocks were reserved faster than the clock runs: one by one they cannot outrun it
    was.base, was.fences = was.last + 1, 1
  end
  was.by, was.last = claim.attempt, was.base + was.fences - 1
  was.token, was.details = claim.token, claim.details
  was.holder, was.sharers, was.left = claim.token, nil, claim.ttl
  redis.call('set', lock, claim.token, 'PX', claim.ttl)
  forget(leaving)
  look_at_line(was, claim.ttl, more)
  write_record(was, math.max(claim.ttl, retention))
end

local function hand_to(member, entry, dead, was, more)
  dead[#dead + 1] = member
  if entry.permits > 1 then
    forget(dead)
    join(entry, was)
  else
    grant(entry, was, dead, more)
  end
  if entry.listens then
    messages[#messages + 1] = { entry.inbox, table.concat(
      { member, entry.number, entry.ttl, text(was.base), was.fences, entry.attempt, entry.token, lock }, '\n') }
  end
end

-- Hands the lock to those who are first in line as long as there is room for them. Returns whether it did, whether nobody
-- is left who comes before `me`, and those who are dead before.
local function serve(me, was, more)
  local served, member, entry, dead = 0, nil, nil, nil
  if was.lined == '0' then
    return false, true, {}
  end
  repeat
    member, entry, dead = first_in_line(me)
    local fits = entry and has_room(was, entry)
    if fits then
      hand_to(member, entry, dead, was, more)
      served = served + 1
    end
  until not fits or not was.sharers or served == MOST_SERVED
  if served > 0 and was.sharers then
    write_sharers(was, more)
  end
  if not entry then
    dead[#dead + 1] = member
  end
  return served > 0, not entry, dead
end

-- The keys of the line live longer than any mark in it, and not much longer, so that they go with the locks.
local function outlive(key, alive)
  if redis.call('pttl', key) <= alive then
    redis.call('pexpire', key, math.ceil(1.25 * alive))
  end
end

local function stand(claim, was)
  local entry = read_entry(claim.member)
  if entry and entry.number > claim.number then
    return
  end
  local score = micros
  if not entry then
    local last = redis.call('zrevrange', line, 0, 0, 'withscores')[2]
    if last and tonumber(last) >= score then
      score = tonumber(last) + 1
    end
  end
  redis.call('hset', waiting, claim.member, table.concat(
    { text(claim.number), text(micros), claim.alive, claim.ttl, claim.fences,
      claim.permits > 1 and claim.listens .. ' ' .. claim.permits or claim.listens, inbox,
      claim.attempt, claim.token, claim.details }, '\n'))
  redis.call('zadd', line, 'NX', text(score), claim.member)
  outlive(line, claim.alive)
  outlive(waiting, claim.alive)
  if was.lined ~= '1' then
    was.lined = '1'
    redis.call('setrange', record, 1, '1')
  end
end

-- The place may belong to a later claim, whose token may be the same.
local function leave(member, attempt)
  if member ~= '' then
    local entry = read_entry(member)
    if entry and entry.attempt == attempt then
      forget({ member })
    end
  end
end

-- Granted before: the same again, for its whole ttl from now.
local function granted_again(claim, was)
  local sharer = was.sharers and sharing().find(was.sharers, claim.token, claim.attempt)
  if sharer then
    if sharer.ends < millis + claim.ttl then
      sharing().set_end(was.sharers, sharer, millis + claim.ttl)
      save_record(was, math.max(claim.ttl, retention))
      at_least(lock, claim.ttl)
    end
    return { GRANTED, sharer.fence, 1 }
  end
  if was.sharers or was.holder ~= claim.token or claim.permits > 1 then
    return nil
  end
  if was.by == claim.attempt then
    at_least(lock, claim.ttl)
    return { GRANTED, was.base, was.fences }
  end
  if not was.by then
    grant(claim, was, {})
    return { GRANTED, was.base, was.fences }
  end
end

local function free_in(was, claim)
  if was.sharers and claim.permits > 1 and claim.permits < ANY then
    return was.sharers.soonest - millis
  end
  return was.left or redis.call('pttl', lock)
end

-- What the holder says of itself; of several, nobody asks at once.
local function told(was)
  return was.token == was.holder and not was.sharers and was.details
end

-- `was` is saved by whoever is granted the lock; `unsaved` says that it must be in any case.
local function ask(claim, was, unsaved)
  if among(was.freed, claim.attempt) or among(was.void, claim.attempt) then
    return { ENDED }
  end
  local again = granted_again(claim, was)
  if again then
    return again
  end
  local shown = was.by and was.base or false
  if not was.holder or was.sharers then
    local served, first, dead = serve(claim.member, was, claim.stands)
    if first and has_room(was, claim) then
      grant(claim, was, dead)
      return { GRANTED, was.base, was.fences }
    end
    unsaved = (unsaved or was.sharers and was.sharers.changed) and not served
    shown = was.base
  end
  if unsaved then
    save_record(was, retention)
  end
  if claim.stands then
    stand(claim, was)
  else
    leave(claim.member, claim.attempt)
  end
  return { BUSY, free_in(was, claim), was.holder, shown, told(was) }
end

-- Refused or unheard, a message costs its reader no more than the time until its next question.
local function send_messages()
  for _, message in ipairs(messages) do
    redis.pcall('publish', message[1], message[2])
  end
end
