-- KEYS: any key of the server that is asked about   ARGV: inbox
-- Returns what it says of itself and whether messages may be sent; an empty text where it refuses to say.

local function said(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    return ''
  end
  return answer
end

local refused = redis.pcall('publish', ARGV[1], '')
return {
  said('info', 'server'), said('info', 'memory'), said('info', 'persistence'), said('info', 'replication'),
  type(refused) == 'table' and refused.err or ''
}
