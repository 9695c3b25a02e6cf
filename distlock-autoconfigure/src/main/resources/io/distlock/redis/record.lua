-- What is remembered beside a lock. Prepended to every script that reads or writes it.
--
-- lock     string, the holder's token, nothing else
-- record   string of lines, one value each so that it is read and written by one command: wire version; last fence
--          reserved; 1 if somebody may stand in line; attempt that was granted last, the first fence of the grant and how
--          many it has; attempts that released their hold and attempts that ended in another way, the last few of each;
--          token that was released last by token alone; the holder's token; details of the holder, to the end
-- line     sorted set: members by arrival, in microseconds of this server
-- waiting  hash: member -> what to grant it, and until when it counts as alive

local VERSION = '1'
local RECORD = '^(%d+)\n(%d+)\n(%d)\n([^\n]*)\n(%d+)\n(%d+)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$'
-- Fences have 16 digits, which tostring would round
local PACKED = VERSION .. '\n%.0f\n%s\n%s\n%.0f\n%.0f\n%s\n%s\n%s\n%s\n%s'
-- As ' 3 2 1 ', the last first: enough for every command that may still be under way
local KEPT = 200
