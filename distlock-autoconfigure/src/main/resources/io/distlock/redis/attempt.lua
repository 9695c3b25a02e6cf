-- Whether the record of a lock says that another attempt has it. Without a record nobody knows; nor is it asked for
-- somebody who knows the token alone.
local function is_anothers(record, attempt)
  local by = attempt ~= '' and redis.call('getrange', record, 2, 2 + #attempt) or ''
  return by ~= '' and string.sub(by, 1, 1) ~= '\n' and by ~= attempt .. '\n'
end

