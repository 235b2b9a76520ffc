-- Says that a node lives, and how it is.
--
-- KEYS  node, users
-- ARGV  1 ms until it counts as dead   2 "1" if its users are to be forgotten   then field and value, any number of times
-- Returns 1; or 0 if it was not there any more, or its users are forgotten: then they must be told anew.
local was_there = redis.call('EXISTS', KEYS[1])
if was_there == 0 or ARGV[2] == '1' then
    redis.call('DEL', KEYS[2])
    was_there = 0
end
-- When Redis has no memory left it lives all the same: only that is allowed then.
local said = redis.pcall('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return type(said) == 'table' and said or was_there
