-- Puts a room into a user's own list of rooms, unless the list is full, and notifies the user's nodes.
--
-- KEYS  the list
-- ARGV  1 the room   2 now, ms   3 how many rooms it may have, 0: any number   4 ms until it is forgotten
--       5 the user's channel, or ""   6 what is published there
-- Returns 1 if the room is new in the list, 0 if it was there, -1 if the list is full.
local list, room, max = KEYS[1], ARGV[1], tonumber(ARGV[3])
local is_new = redis.call('HEXISTS', list, room) == 0
if is_new and max > 0 and redis.call('HLEN', list) >= max then
    return -1
end
if is_new then
    redis.call('HSET', list, room, ARGV[2])
end
redis.call('PEXPIRE', list, ARGV[4])
if is_new and ARGV[5] ~= '' then
    redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return is_new and 1 or 0
