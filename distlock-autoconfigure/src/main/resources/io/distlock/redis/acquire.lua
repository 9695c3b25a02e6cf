-- One question or many. Asked twice, it is answered the same.
-- KEYS: lock, record, line, waiting of each
-- ARGV: record retention in ms; 1 if subscribers can be counted, else 0, and at once the inbox; then of each: token,
--       attempt, ttl in ms, fences, details, place: nothing, or in one text 1 if it stands in line, 1 if it listens, number
--       of the question, for how many ms it counts as alive, member; before it p and the permits, unless it is one
-- Returns of each {1, first fence, fences} granted, {0, ms until free, token, fence, details} busy, {3} this attempt was ended,
-- {-2, error}; a single question fails instead.

local replies = {}
for i = 1, #KEYS / 4 do
  about(KEYS, 4 * i - 3)
  local claim = question(6 * i - 3)
  if #KEYS == 4 then
    replies[i] = ask(claim, read_lock(), false)
  else
    local well, reply = pcall(function()
      return ask(claim, read_lock(), false)
    end)
    replies[i] = well and reply or { FAILED, type(reply) == 'table' and reply.err or tostring(reply) }
  end
end
send_messages()
return replies
