-- The rules of one lock and its line, for all but the common cases. Everything is read before the first write: an error
-- rolls nothing back. Times are this server's.

local GRANTED, BUSY, ENDED, FAILED = 1, 0, 3, -2

local lock, record, line, waiting
local retention, counted, inbox = tonumber(ARGV[1]), string.sub(ARGV[2], 1, 1) == '1', string.sub(ARGV[2], 2)
local millis = math.floor(micros / 1000)
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
  local version, lined, by, last, base, fences, void, released, token, details, freed = string.match(packed, RECORD)
  if version ~= VERSION then
    unknown(record, packed)
  end
  return {
    last = tonumber(last), lined = lined, by = by ~= '' and by or nil, base = tonumber(base), fences = tonumber(fences),
    freed = freed, void = void, released = released, token = token, details = details
  }
end

local function write_record(was, ttl)
  redis.call('set', record, string.format(PACKED, was.lined, was.by or '', was.last, was.base, was.fences, was.void,
    was.released, was.token, was.details, string.sub(was.freed, -KEPT)), 'PX', ttl)
end

-- For changes that grant nothing: the record may have to outlive a longer hold.
local function save_record(was, ttl)
  write_record(was, math.max(redis.call('pttl', record), ttl))
end

local function among(attempts, attempt)
  return string.find(attempts, ' ' .. attempt .. ' ', 1, true) ~= nil
end

local function with(attempts, attempt)
  return string.sub(' ' .. attempt .. attempts, 1, KEPT)
end

local function question(first)
  local claim = {
    token = ARGV[first], attempt = ARGV[first + 1], ttl = tonumber(ARGV[first + 2]), fences = tonumber(ARGV[first + 3]),
    details = ARGV[first + 4], stands = false, member = '', number = 0, alive = 0, listens = '0'
  }
  local stands, listens, number, alive, member = string.match(ARGV[first + 5], '^(%d)(%d) (%d+) (%d+) (.*)$')
  if stands then
    claim.stands, claim.listens, claim.member = stands == '1', listens, member
    claim.number, claim.alive = tonumber(number), tonumber(alive)
  end
  return claim
end

local ENTRY = '^(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$'

local function read_entry(member)
  local packed = redis.call('hget', waiting, member)
  if not packed then
    return nil
  end
  local number, mark, alive, ttl, fences, listens, channel, attempt, token, details = string.match(packed, ENTRY)
  if not number then
    return nil
  end
  return {
    number = tonumber(number), mark = tonumber(mark), alive = tonumber(alive), ttl = tonumber(ttl),
    fences = tonumber(fences), listens = listens == '1', inbox = channel, attempt = attempt, token = token,
    details = details
  }
end

-- A mark further ahead than it was ever set comes from before the clock was set back.
local function is_alive(entry)
  return entry.mark > millis and entry.mark <= millis + entry.alive
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

-- The grant: the lock gets the token, the record a fence above every earlier one. Those named leave the line, and `more`
-- says that somebody will stand there next.
local function grant(claim, was, leaving, more)
  was.base, was.fences = micros, claim.fences
  if was.last >= micros then
    -- Blocks were reserved faster than the clock runs: one by one they cannot outrun it
    was.base, was.fences = was.last + 1, 1
  end
  was.by, was.last = claim.attempt, was.base + was.fences - 1
  was.token, was.details = claim.token, claim.details
  redis.call('set', lock, claim.token, 'PX', claim.ttl)
  forget(leaving)
  look_at_line(was, claim.ttl, more)
  write_record(was, math.max(claim.ttl, retention))
end

local function hand_to(member, entry, dead, was, more)
  dead[#dead + 1] = member
  grant(entry, was, dead, more)
  if entry.listens then
    messages[#messages + 1] = { entry.inbox, table.concat(
      { member, entry.number, entry.ttl, text(was.base), was.fences, entry.attempt, entry.token, lock }, '\n') }
  end
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
    { text(claim.number), text(millis + claim.alive), claim.alive, claim.ttl, claim.fences, claim.listens, inbox,
      claim.attempt, claim.token, claim.details }, '\n'))
  redis.call('zadd', line, 'NX', text(score), claim.member)
  outlive(line, claim.alive)
  outlive(waiting, claim.alive)
  if was.lined ~= '1' then
    was.lined = '1'
    save_record(was, retention)
  end
end

local function leave(member, token)
  if member ~= '' then
    local entry = read_entry(member)
    if entry and entry.token == token then
      forget({ member })
    end
  end
end

-- `was` is saved by whoever is granted the lock; `unsaved` says that it must be in any case.
local function ask(claim, holder, was, unsaved)
  if among(was.freed, claim.attempt) or among(was.void, claim.attempt) then
    return { ENDED }
  end
  if was.by == claim.attempt and holder == claim.token then
    at_least(lock, claim.ttl)
    return { GRANTED, was.base, was.fences }
  end
  if holder == claim.token and not was.by then
    grant(claim, was, {})
    return { GRANTED, was.base, was.fences }
  end
  local shown, free_in = was.by and was.base or false, nil
  if not holder then
    local member, entry, dead = first_in_line(claim.member)
    if not entry then
      dead[#dead + 1] = member
      grant(claim, was, dead)
      return { GRANTED, was.base, was.fences }
    end
    hand_to(member, entry, dead, was, claim.stands)
    holder, shown, unsaved, free_in = entry.token, was.base, false, entry.ttl
  end
  if unsaved then
    save_record(was, retention)
  end
  if claim.stands then
    stand(claim, was)
  else
    leave(claim.member, claim.token)
  end
  return { BUSY, free_in or redis.call('pttl', lock), holder, shown, was.token == holder and was.details }
end

-- Refused or unheard, a message costs its reader no more than the time until its next question.
local function send_messages()
  for _, message in ipairs(messages) do
    redis.pcall('publish', message[1], message[2])
  end
end
