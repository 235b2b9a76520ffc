-- Makes a number a worker's own for a while, or for a while longer, unless it is another one's.
--
-- KEYS  the number's owner
-- ARGV  1 who claims it   2 ms
-- Returns 1, or 0 if it is another one's.
local owner = redis.call('GET', KEYS[1])
if not owner then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1
end
if owner ~= ARGV[1] then
    return 0
end
-- Unlike SET it is allowed when Redis has no memory left.
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
