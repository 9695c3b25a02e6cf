-- Ends a hold, leaves the line, hands the lock on, and stands in line with a next claim: what of it is asked for.
-- KEYS: lock, record, line, waiting
-- ARGV: record retention in ms; 1 if subscribers can be counted, else 0, and at once the inbox; token, attempt ('' = any),
--       nothing, or in one text 1 if later questions of the attempt are refused, ms to keep the lock, member that leaves
--       the line; then a next claim as in acquire.lua, or nothing
-- Returns {1 ended | 0 gone | -1 another's, reply to the next claim, and of a token alone the attempt that was ended, and
-- for how many ms it would have lived}. A release that is executed twice says 1 twice.

about(KEYS, 1)
local reply = finish(ARGV[3], ARGV[4], ARGV[5], #ARGV > 5 and question(6))
send_messages()
return reply
