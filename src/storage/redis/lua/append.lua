-- Appends a message to its session, gives it sequence and time, and tells every node that listens: one atomic thing.
--
-- KEYS  head, messages, then for a room: members; and last, if the send has a request_id: the request's answer
-- ARGV  1 the message without sequence and time, its id first   2 now, ms
--       3 how many messages the session keeps                   4 ms until an untouched session is forgotten
--       5 if the send has a request_id: ms that the answer is remembered, the hash of its content, and the message's id;
--         or ""
--       6 who must be a member; or ""     7 PUBLISH, or SPUBLISH for a room's channel in Redis Cluster
--       then pairs: a channel, and what comes before the message there, which the last may lack
-- Returns "SEQUENCE CREATED_AT"; {the answer} for a copy of a request; nil if who must be a member is none.
--
-- Each call, argument and number costs: what is here is what every message must have.
local call = redis.call
local head, messages = KEYS[1], KEYS[2]
local request = ARGV[5] ~= '' and KEYS[#KEYS]
if request then
    local answer = call('GET', request)
    if answer then
        return {answer}
    end
end
if ARGV[6] ~= '' and not call('ZSCORE', KEYS[3], ARGV[6]) then
    return false
end

local known = call('HMGET', head, 's', 't', 'x')
local now = tonumber(ARGV[2])
local sequence = (known[1] or 0) + 1
local sequence_text = string.format('%d', sequence)
local created_at = ARGV[2]
if known[2] and tonumber(known[2]) > now then
    created_at = known[2]
end
local place = sequence_text .. ' ' .. created_at
local message = place .. ' ' .. ARGV[1]

call('HSET', head, 's', sequence_text, 't', created_at)
if not known[1] then
    call('HSETNX', head, 'e', string.match(ARGV[1], '^%S+'))
end
call('ZADD', messages, sequence_text, message)
-- Up to 15 too many are kept: history.lua looks over them.
if sequence % 16 == 0 then
    call('ZREMRANGEBYRANK', messages, 0, -1 - ARGV[3])
end

-- Not at every message. Whoever's clock or lifetime set x: it is never further away than this.
local untouched = ARGV[4] / 64
local left = (known[3] or 0) - now
if left <= 0 or left > untouched then
    call('HSET', head, 'x', string.format('%d', now + untouched))
    for i = 1, request and #KEYS - 1 or #KEYS do
        call('PEXPIRE', KEYS[i], ARGV[4])
    end
end
if request then
    local lifetime, kept = string.match(ARGV[5], '^(%d+) (.*)$')
    call('SET', request, kept .. ' ' .. place, 'PX', lifetime)
end
for i = 8, #ARGV, 2 do
    call(ARGV[7], ARGV[i], (ARGV[i + 1] or '') .. message)
end
return place
