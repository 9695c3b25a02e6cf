-- What acquire.lua and release.lua share: the rules of one lock and its line. Prepended to both.
--
-- lock     string, the holder's token, nothing else
-- record   hash: v wire version, by attempt that holds, base first fence of the grant, fences how many it has, last fence
--          reserved, token and details of the holder; freed attempts that released their hold, void attempts that ended
--          in another way, both the last few only, released the token of the last hold that was released by token alone
-- line     sorted set: members by arrival, in microseconds of this server
-- waiting  hash: member -> what to grant it, and until when it counts as alive
--
-- Everything is read before the first write: an error rolls nothing back. Times are this server's.

local GRANTED, BUSY, ENDED, FAILED = 1, 0, 3, -2
local VERSION = '1'

local lock, record, line, waiting
local retention, counted, inbox = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[3]
local messages = {}

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]
local millis = math.floor(micros / 1000)

-- tostring would round a fence to 14 digits
local function text(number)
  return string.format('%.0f', number)
end

local function about(keys, first)
  lock, record, line, waiting = keys[first], keys[first + 1], keys[first + 2], keys[first + 3]
end

-- Attempts of a kind, the last one first, as ' 3 2 1 ': enough for every command that may still be under way.
local KEPT = 400

local function among(attempts, attempt)
  return attempts and string.find(attempts, ' ' .. attempt .. ' ', 1, true) ~= nil
end

local function with(attempts, attempt)
  return string.sub(' ' .. attempt .. (attempts or ' '), 1, KEPT)
end

local function read_record()
  local read = redis.call('hmget', record, 'v', 'by', 'freed', 'base', 'fences', 'last', 'void')
  if read[1] and read[1] ~= VERSION then
    error('DISTLOCK wire version ' .. read[1] .. ' at ' .. record .. ', this client knows ' .. VERSION)
  end
  return {
    by = read[2], freed = read[3], void = read[7],
    base = tonumber(read[4]), fences = tonumber(read[5]), last = tonumber(read[6])
  }
end

local function question(first)
  return {
    stands = ARGV[first] == '1',
    token = ARGV[first + 1], attempt = ARGV[first + 2], ttl = tonumber(ARGV[first + 3]),
    fences = tonumber(ARGV[first + 4]), details = ARGV[first + 5],
    member = ARGV[first + 6], number = tonumber(ARGV[first + 7]), alive = tonumber(ARGV[first + 8]),
    listens = ARGV[first + 9]
  }
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

-- The grant: the lock gets the token, the record a fence above every earlier one.
local function grant(claim, last)
  local base = micros
  if last and last >= base then
    base = last + 1
  end
  redis.call('set', lock, claim.token, 'PX', claim.ttl)
  redis.call('hset', record, 'v', VERSION, 'by', claim.attempt, 'base', text(base), 'fences', claim.fences,
    'last', text(base + claim.fences - 1), 'token', claim.token, 'details', claim.details)
  redis.call('pexpire', record, claim.ttl + retention)
  return base
end

local function hand_to(member, entry, dead, last)
  local base = grant(entry, last)
  forget(dead)
  forget({ member })
  if entry.listens then
    messages[#messages + 1] = { entry.inbox, table.concat(
      { member, entry.number, entry.ttl, text(base), entry.fences, entry.attempt, entry.token, lock }, '\n') }
  end
  return base
end

local function at_least(key, ttl)
  if redis.call('pttl', key) < ttl then
    redis.call('pexpire', key, ttl)
  end
end

local function stand(claim)
  local entry = read_entry(claim.member)
  if entry and entry.number > claim.number then
    return
  end
  local stands = redis.call('zscore', line, claim.member)
  local score = micros
  if not stands then
    local last = redis.call('zrevrange', line, 0, 0, 'withscores')[2]
    if last and tonumber(last) >= score then
      score = tonumber(last) + 1
    end
  end
  redis.call('hset', waiting, claim.member, table.concat(
    { text(claim.number), text(millis + claim.alive), claim.alive, claim.ttl, claim.fences, claim.listens, inbox,
      claim.attempt, claim.token, claim.details }, '\n'))
  if not stands then
    redis.call('zadd', line, text(score), claim.member)
  end
  at_least(line, 2 * claim.alive)
  at_least(waiting, 2 * claim.alive)
end

local function leave(member, token)
  if member ~= '' then
    local entry = read_entry(member)
    if entry and entry.token == token then
      forget({ member })
    end
  end
end

local function ask(claim)
  local holder = redis.call('get', lock)
  local was = read_record()
  if among(was.freed, claim.attempt) or among(was.void, claim.attempt) then
    return { ENDED }
  end
  if holder == claim.token and (not was.by or was.by == claim.attempt) then
    if not was.base then
      return { GRANTED, grant(claim, was.last), claim.fences }
    end
    at_least(lock, claim.ttl)
    return { GRANTED, was.base, was.fences }
  end
  local base = was.base
  if not holder then
    local member, entry, dead = first_in_line(claim.member)
    if not entry then
      base = grant(claim, was.last)
      forget(dead)
      forget({ member })
      return { GRANTED, base, claim.fences }
    end
    base = hand_to(member, entry, dead, was.last)
    holder = entry.token
  end
  if claim.stands then
    stand(claim)
  else
    leave(claim.member, claim.token)
  end
  return { BUSY, redis.call('pttl', lock), holder, base or false }
end

-- Refused or unheard, a message costs its reader no more than the time until its next question.
local function send_messages()
  for _, message in ipairs(messages) do
    redis.pcall('publish', message[1], message[2])
  end
end
