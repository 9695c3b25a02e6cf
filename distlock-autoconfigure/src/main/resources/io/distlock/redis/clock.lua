-- Read here where no common case has read it before line.lua.

local clock = redis.call('time')
local micros = clock[1] * 1000000 + clock[2]
