-- Makes a user a member of a room, unless the room is full, and tells the user's nodes.
--
-- KEYS  head, members, messages
-- ARGV  1 the user   2 "1" if the room is to be made, should it be absent   3 ms until it is forgotten
--       4 the epoch of its session then   5 the user's channel   6 what is told there
--       7 how many members it may have, 0: any number
-- Returns 1 if the user was no member, 0 if the user was, -1 if there is no such room, -2 if it is full. A user of ""
-- only makes the room.
local head, members = KEYS[1], KEYS[2]
local is_there = redis.call('HEXISTS', head, 'r') == 1
if not is_there and ARGV[2] ~= '1' then
    return -1
end
local max = tonumber(ARGV[7])
if ARGV[1] ~= '' and max > 0 and redis.call('ZCARD', members) >= max and not redis.call('ZSCORE', members, ARGV[1]) then
    return -2
end
local is_new = is_there and 0 or 1
if not is_there then
    redis.call('HSET', head, 'r', '1')
    redis.call('HSETNX', head, 'e', ARGV[4])
end
if ARGV[1] ~= '' then
    is_new = redis.call('ZADD', members, 'NX', 0, ARGV[1])
    if is_new == 1 then
        redis.call('PUBLISH', ARGV[5], ARGV[6])
    end
end
for i = 1, #KEYS do
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
return is_new
