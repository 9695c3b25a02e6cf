-- A server that started a short while ago may have forgotten what it granted, and grants nothing before that is over.
-- ARGV: last of all for how many s it must have been up; its own count may be one too high

if tonumber(ARGV[#ARGV]) > 0 then
  local up = string.match(redis.call('info', 'server'), 'uptime_in_seconds:(%d+)')
  if tonumber(up) <= tonumber(ARGV[#ARGV]) then
    return redis.error_reply('DISTLOCK no vote yet: up for ' .. up .. ' s of ' .. ARGV[#ARGV])
  end
end

