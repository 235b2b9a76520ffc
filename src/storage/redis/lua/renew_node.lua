-- Says that a node lives, and how it is.
--
-- KEYS  node, users, rooms
-- ARGV  1 ms until it counts as dead   2 "1" if its users and rooms are to be forgotten
--       then field and value, any number of times
-- Returns 1; or 0 if it was not there any more, or its users and rooms are forgotten: then they must be told anew.
local was_there = redis.call('EXISTS', KEYS[1])
if was_there == 0 or ARGV[2] == '1' then
    redis.call('DEL', KEYS[2], KEYS[3])
    was_there = 0
end
-- When Redis has no memory left it lives all the same: only that is allowed then.
local said = redis.pcall('HSET', KEYS[1], unpack(ARGV, 3))
for _, key in ipairs(KEYS) do
    redis.call('PEXPIRE', key, ARGV[1])
end
return type(said) == 'table' and said or was_there
