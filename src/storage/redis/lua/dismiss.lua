-- Removes a room with its members and messages, and tells its nodes and those of all members. The head stays, so that
-- sequences go on, but without x: the next message's set is another one, whose time is to be set.
--
-- KEYS  head, members, messages
-- ARGV  1 the room's channel   2 what is told there   3, 4 what a user's channel begins and ends with
--       5 what is told there   6 PUBLISH, or SPUBLISH for the room's channel in Redis Cluster
-- Returns the members; false if there is no such room.
local head, members, messages = KEYS[1], KEYS[2], KEYS[3]
if redis.call('HDEL', head, 'r') == 0 then
    return false
end
local all = redis.call('ZRANGE', members, 0, -1)
redis.call('DEL', members, messages)
redis.call('HDEL', head, 'x')
redis.call(ARGV[6], ARGV[1], ARGV[2])
for _, user in ipairs(all) do
    redis.call('PUBLISH', ARGV[3] .. user .. ARGV[4], ARGV[5])
end
return all
