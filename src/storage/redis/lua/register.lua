-- Puts a room into the list of all rooms, unless there are as many as there may be.
--
-- KEYS  rooms
-- ARGV  1 the room   2 how many there may be, 0: any number
-- Returns 1, or 0 if there are too many.
local most = tonumber(ARGV[2])
if most > 0 and redis.call('ZCARD', KEYS[1]) >= most and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    return 0
end
redis.call('ZADD', KEYS[1], 0, ARGV[1])
return 1
