-- Gives all that is kept another epoch, since a part of it was lost, unless somebody else has done so; and tells
-- everybody.
--
-- KEYS  epoch, which is the name of its channel, too
-- ARGV  1 the epoch that was   2 the one that is to be
-- Returns the one that is.
local now = redis.call('GET', KEYS[1])
if not now or now == ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[2])
    redis.call('PUBLISH', KEYS[1], ARGV[2])
    return ARGV[2]
end
return now
