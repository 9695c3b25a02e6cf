-- Returns what tells this server from every other, in this life of it.

return { string.match(redis.call('info', 'server'), 'run_id:(%w+)') }
