-- What is remembered beside a lock. Prepended to every script that reads or writes it.
--
-- lock     string, the holder's token, nothing else
-- record   string, so that one command reads or writes all of it: wire version, 0 if a release may
--          do no more than append to it since nobody stands in line and it need not live shorter, attempt that was granted
--          last; on the next lines last fence reserved, first fence of that grant and how many it has;
--          attempts that ended without releasing, the last first; token that was released last by token alone; the
--          holder's token; details of the holder, one line or more; on the last line attempts that released, the last
--          last, so that a release only appends. Of attempts the last few are kept: enough for every command that may
--          still be under way.
-- line     sorted set: members by arrival, in microseconds of this server
-- waiting  hash: member -> what to grant it, and until when it counts as alive

local VERSION = '1'
local RECORD = '^(%d)(%d)([^\n]*)\n(%d+) (%d+) (%d+)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)\n([^\n]*)$'
-- Begins with the version. Fences have 16 digits, which tostring would round
local PACKED = '1%s%s\n%.0f %.0f %.0f\n%s\n%s\n%s\n%s\n%s'
local KEPT = 200

local function unknown(record, packed)
  error('DISTLOCK wire version ' .. (string.match(packed, '^%d') or '?') .. ' at ' .. record
    .. ', this client knows ' .. VERSION)
end

-- Attempts that released, of the last so many letters: its last line, found without a pattern that would try each of them.
local function released_of(packed, most)
  local text = string.sub(packed, -most)
  while string.find(text, '\n', 1, true) do
    text = string.match(text, '\n(.*)')
  end
  return text
end
