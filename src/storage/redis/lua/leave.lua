-- Takes a user out of a room, which stays, and tells the user's nodes.
--
-- KEYS  members
-- ARGV  1 the user   2 the user's channel   3 what is told there
-- Returns 1 if the user was a member.
local was = redis.call('ZREM', KEYS[1], ARGV[1])
if was == 1 then
    redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return was
