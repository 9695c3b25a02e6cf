-- Ends many holds, each by itself.
-- KEYS: lock, record, line, waiting of each
-- ARGV: record retention in ms, as in acquire.lua, then of each: token, attempt, and how, as in release.lua
-- Returns of each {1 ended | 0 gone | -1 another's}, or {-2, error}.

local replies = {}
for i = 1, #KEYS / 4 do
  about(KEYS, 4 * i - 3)
  local well, reply = pcall(finish, ARGV[3 * i], ARGV[3 * i + 1], ARGV[3 * i + 2])
  replies[i] = well and { reply[1] } or { FAILED, type(reply) == 'table' and reply.err or tostring(reply) }
end
send_messages()
return replies
