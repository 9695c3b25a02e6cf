-- Those who share a lock. While they do, SHARED stands at the lock, which lives as long as the longest of them, and the
-- record has SHARED for its attempt and its token, and them for its details: how many they are, how many each of them
-- agrees to at the least, and a time before which none of them ends; then a line for each, the first granted first:
-- end in ms, attempt, token, fence and permits, details, with tabs and new lines escaped. All of it is written so that no
-- question looks at every line unless it must.

local SHARED, ANY, FAR, KEPT_OF_SHARERS = 'shared', 2147483647, 9999999999999, 2000

local millis = math.floor(micros / 1000)
local rules

-- Made only where somebody shares: to make them takes longer than to answer who wants a lock alone.
local function sharing()
  if rules then
    return rules
  end
  local SHARERS = '^(%d+) (%d+) (%d+)()'
  local ESCAPED = { ['%'] = '%25', ['\n'] = '%0A', ['\t'] = '%09' }

  local SHARED_RECORD = '^(%d)(%d)([^\n]*)\n(%d+) (%d+) (%d+)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n()'

  -- What RECORD matches, without a look at every character of many sharers.
  local function match_shared(packed)
    local version, lined, by, last, base, fences, void, released, token, at = string.match(packed, SHARED_RECORD)
    local stop, next = at, at and string.find(packed, '\n', at, true)
    while next do
      stop, next = next, string.find(packed, '\n', next + 1, true)
    end
    return version, lined, by, last, base, fences, void, released, token, at and string.sub(packed, at, stop - 1),
      at and string.sub(packed, stop + 1)
  end

  local function escaped(text)
    return (string.gsub(text, '[%%\n\t]', ESCAPED))
  end

  -- Drops those whose time is over, which the record may still name.
  local function count_again(all)
    local list, limited, kept, at = all.list, all.limit < ANY, {}, 1
    all.count, all.limit, all.soonest = 0, ANY, FAR
    while at <= #list do
      local next = string.find(list, '\n', at + 1, true) or #list + 1
      local ends = tonumber(string.sub(list, at + 1, at + 13))
      if ends > millis then
        local line = string.sub(list, at, next - 1)
        kept[#kept + 1] = line
        all.count, all.soonest = all.count + 1, math.min(all.soonest, ends)
        if limited then
          all.limit = math.min(all.limit, tonumber((string.match(line, '^\n%d+\t[^\t]*\t[^\t]*\t%d+ (%d+)'))))
        end
      end
      at = next
    end
    all.list = table.concat(kept)
  end

  local function longest(all)
    local longest, at = '', 1
    while at do
      local ends = string.sub(all.list, at + 1, at + 13)
      longest = ends > longest and ends or longest
      at = string.find(all.list, '\n', at + 1, true)
    end
    return tonumber(longest)
  end

  local function read_sharers(packed)
    local count, limit, soonest, stop = string.match(packed, SHARERS)
    local all = { count = tonumber(count), limit = tonumber(limit), soonest = tonumber(soonest), list = string.sub(packed, stop) }
    if all.soonest <= millis then
      count_again(all)
      all.changed = true
    end
    return all
  end

  local function pack_sharers(all)
    return string.format('%d %d %013.0f%s', all.count, all.limit, all.soonest, all.list)
  end

  -- By its token, and its attempt where that is known.
  local function find_sharer(all, token, attempt)
    token = escaped(token)
    local first, last
    if attempt then
      first, last = string.find(all.list, '\t' .. attempt .. '\t' .. token .. '\t', 1, true)
    elseif string.find(all.list, '\t' .. token .. '\t', 1, true) then
      for at, found, known, stop in string.gmatch(all.list, '\n%d+()\t([^\t\n]*)\t([^\t\n]*)\t()') do
        if known == token then
          first, last, attempt = at, stop - 1, found
        end
      end
    end
    if not first then
      return nil
    end
    local fence, permits, stop = string.match(all.list, '^(%d+) (%d+)\t[^\n]*()', last + 1)
    return {
      attempt = attempt, first = first - 14, last = stop - 1, ends = tonumber(string.sub(all.list, first - 13, first - 1)),
      fence = tonumber(fence), permits = tonumber(permits)
    }
  end

  local function replace(all, first, last, text)
    all.list = string.sub(all.list, 1, first - 1) .. text .. string.sub(all.list, last + 1)
    all.changed = true
  end

  local function set_end(all, sharer, ends)
    replace(all, sharer.first + 1, sharer.first + 13, string.format('%013.0f', ends))
    all.soonest = math.min(all.soonest, ends)
  end

  local function line_of(ends, attempt, token, fence, permits, details)
    return string.format('\n%013.0f\t%s\t%s\t%.0f %d\t%s', ends, attempt, escaped(token), fence, permits, escaped(details))
  end

  local function add_sharer(all, claim, fence)
    local ends = millis + claim.ttl
    all.list = all.list .. line_of(ends, claim.attempt, claim.token, fence, claim.permits, claim.details)
    all.count, all.limit = all.count + 1, math.min(all.limit, claim.permits)
    all.soonest, all.reach = math.min(all.soonest, ends), math.max(all.reach or 0, ends)
    all.changed = true
  end

  -- Ends one of several now, or as late as it is kept, and lets the lock end with the longest of the others. It begins with
  -- PEXPIRE, which is allowed when memory is full, and what follows it is then, too.
  local function end_sharer(lock, all, sharer, keep)
    local left = redis.call('pttl', lock)
    if keep > 0 then
      set_end(all, sharer, millis + keep)
    else
      replace(all, sharer.first, sharer.last, '')
      all.count = all.count - 1
    end
    if sharer.permits == all.limit and all.limit < ANY then
      count_again(all)
    end
    if sharer.ends - millis > left - 5 then
      left = longest(all) - millis
    end
    redis.call('pexpire', lock, left)
    all.left = left
  end

  rules = {
    match_record = match_shared, read = read_sharers, pack = pack_sharers, find = find_sharer, replace = replace,
    set_end = set_end, line_of = line_of, add = add_sharer, finish = end_sharer, longest = longest
  }
  return rules
end
