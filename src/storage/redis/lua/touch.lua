-- Puts a private session to the top of a user's list, and tells the user's nodes which message did it: who missed the
-- message itself hears of it so, or reads of it here.
--
-- KEYS  list, touches
-- ARGV  1 the session   2 created_at   3 sequence   4 how many sessions the list keeps, 0: all
--       5 how many touches are kept    6 ms until they are forgotten
--       7 the user's channel, or ""     8 what comes before the number of the touch there
-- Returns the number of the touch; one that was made before is told only once.
local list, touches = KEYS[1], KEYS[2]
redis.call('ZADD', list, 'GT', ARGV[2], ARGV[1])
local most = tonumber(ARGV[4])
if most > 0 then
    redis.call('ZREMRANGEBYRANK', list, 0, -1 - most)
end
local what = ARGV[1] .. ' ' .. ARGV[3]
local before = redis.call('ZSCORE', touches, what)
if before then
    return before
end
local newest = redis.call('ZREVRANGE', touches, 0, 0, 'WITHSCORES')
local number = (tonumber(newest[2]) or 0) + 1
local number_text = string.format('%.0f', number)
redis.call('ZADD', touches, number_text, what)
redis.call('ZREMRANGEBYRANK', touches, 0, -1 - tonumber(ARGV[5]))
redis.call('PEXPIRE', list, ARGV[6])
redis.call('PEXPIRE', touches, ARGV[6])
if ARGV[7] ~= '' then
    redis.call('PUBLISH', ARGV[7], ARGV[8] .. number_text .. ' ' .. what)
end
return number_text
