-- KEYS: one that is never there
-- Returns something where a lock could be written, and is refused where that would be: by a replica, for want of memory,
-- or by a server that must not write now. Writes nothing, since it would only write over what is there.

redis.call('set', KEYS[1], '', 'XX')
return { 1 }
