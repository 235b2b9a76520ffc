-- Appends a message to its session, gives it sequence and time, and tells every node that listens: one atomic thing.
--
-- KEYS  head, messages, then for a room: members; and last, if the send has a request_id: the request's answer
-- ARGV  1 the message without sequence and time   2 the hash of its content, if the send has a request_id; or ""
--       3 now, ms                                 4 how many messages the session keeps
--       5 ms until an untouched session is forgotten   6 the epoch, should the session be new
--       7 ms that the answer is remembered             8 its id
--       9 PUBLISH, or SPUBLISH for a room's channel in Redis Cluster
--       then pairs: a channel, and what comes before the message there
-- Returns {1, sequence, created_at}, or {0, the answer} for a copy of a request.
local head, messages = KEYS[1], KEYS[2]
local request = ARGV[2] ~= '' and KEYS[#KEYS] or nil
if request then
    local answer = redis.call('GET', request)
    if answer then
        return {0, answer}
    end
end

local known = redis.call('HMGET', head, 's', 't')
local sequence = (tonumber(known[1]) or 0) + 1
local created_at = math.max(tonumber(ARGV[3]), tonumber(known[2]) or 0)
local sequence_text = string.format('%.0f', sequence)
local created_text = string.format('%.0f', created_at)
local message = sequence_text .. ' ' .. created_text .. ' ' .. ARGV[1]

redis.call('HSET', head, 's', sequence_text, 't', created_text)
if not known[1] then
    redis.call('HSETNX', head, 'e', ARGV[6])
end
redis.call('ZADD', messages, sequence_text, message)
redis.call('ZREMRANGEBYRANK', messages, 0, -1 - tonumber(ARGV[4]))

-- Not at every message: a call is a good part of what a message costs.
local lifetime = tonumber(ARGV[5])
if redis.call('PTTL', head) < lifetime - lifetime / 64 then
    for i = 1, request and #KEYS - 1 or #KEYS do
        redis.call('PEXPIRE', KEYS[i], ARGV[5])
    end
end
if request then
    local answer = ARGV[2] .. ' ' .. ARGV[8] .. ' ' .. sequence_text .. ' ' .. created_text
    redis.call('SET', request, answer, 'PX', ARGV[7])
end
for i = 10, #ARGV, 2 do
    redis.call(ARGV[9], ARGV[i], ARGV[i + 1] .. message)
end
return {1, sequence_text, created_text}
