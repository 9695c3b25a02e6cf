-- Lengthens holds, never shortens one; and what is known of the holder with them, where its key is named.
-- KEYS: of each: lock, or lock and record   ARGV: record retention in ms; then of each: token, attempt, ttl in ms
-- Returns a text with one character for each: 1 ours, 0 gone, - another's or of another type, 2 shared by several whom only
-- the record knows, which is not named. A token may be used for several attempts, which only the record can tell apart.

local RETENTION = tonumber(ARGV[1])
local SAID = { [1] = '1', [0] = '0', [-1] = '-', [2] = '2' }

local function at_least(key, ttl)
  if redis.call('pttl', key) < ttl then
    redis.call('pexpire', key, ttl)
  end
end

local function renew(lock, record, token, attempt, ttl)
  local holder = redis.pcall('get', lock)
  if holder == 'shared' and (record or token ~= 'shared') then
    local found = not record and 2 or lengthen_sharer(record, token, attempt, ttl, RETENTION)
    if found == 1 then
      at_least(lock, ttl)
    end
    if found then
      return found
    end
  end
  if holder ~= token then
    return holder and -1 or 0
  end
  if record then
    local packed = redis.pcall('getrange', record, 2, 2 + #attempt)
    if type(packed) == 'string' and packed ~= '' and attempt ~= '' and packed ~= attempt .. '\n' then
      return -1
    end
    local needed = math.max(ttl, RETENTION)
    if redis.call('pttl', record) < needed then
      -- A ttl longer, so that not every renewal has to do it again
      redis.call('pexpire', record, needed + ttl)
    end
  end
  at_least(lock, ttl)
  return 1
end

local replies = {}
local count = (#ARGV - 1) / 3
local named = #KEYS / count
for i = 1, count do
  local key, argument = named * (i - 1) + 1, 3 * i - 1
  replies[i] = SAID[renew(KEYS[key], named == 2 and KEYS[key + 1], ARGV[argument], ARGV[argument + 1],
    tonumber(ARGV[argument + 2]))]
end
return { table.concat(replies) }
