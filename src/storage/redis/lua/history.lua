-- A page of a session's messages. Sequence and time rise together, so all that match are one range of ranks.
--
-- KEYS  head, messages
-- ARGV  1 before, 2 after (sequences), 3 from, 4 to (ms), each "" if it is not asked for
--       5 limit   6 bytes that a page may have   7 what each message has beside its content, at most
--       8 how many messages the session keeps: older ones are as if they were gone
--       9 if the page goes on: what was returned last; it begins behind that, though it may be gone
-- Returns {top sequence, epoch, how many match, a message, ...}: perhaps one too many for the bytes.
local head, messages = KEYS[1], KEYS[2]
local known = redis.call('HMGET', head, 's', 'e')

local count = redis.call('ZCARD', messages)
local oldest = math.max(count - tonumber(ARGV[8]), 0)
-- The first rank from `rank` on that has a time, and that time: what others wrote here has none.
local function next_time(rank)
    while rank < count do
        local found = redis.call('ZRANGE', messages, rank, rank)
        local time = tonumber(string.match(found[1], '^%d+ (%d+) '))
        if time then
            return rank, time
        end
        rank = rank + 1
    end
    return rank, math.huge
end
local function first_at(ms)
    local low, high = oldest, count
    while low < high do
        local middle = math.floor((low + high) / 2)
        local rank, time = next_time(middle)
        if time < ms then
            low = rank + 1
        else
            high = middle
        end
    end
    return low
end

local low, high = oldest, count
if ARGV[2] ~= '' then
    low = math.max(low, redis.call('ZCOUNT', messages, '-inf', ARGV[2]))
end
if ARGV[1] ~= '' then
    high = redis.call('ZCOUNT', messages, '-inf', '(' .. ARGV[1])
end
if ARGV[3] ~= '' then
    low = math.max(low, first_at(tonumber(ARGV[3])))
end
if ARGV[4] ~= '' then
    high = math.min(high, first_at(tonumber(ARGV[4]) + 1))
end
local upwards = ARGV[2] ~= ''
if ARGV[9] then
    local last = redis.call('ZRANK', messages, ARGV[9])
    if upwards then
        low = math.max(low, last and last + 1 or 0)
    else
        high = math.min(high, last or 0)
    end
end

local page = {known[1] or '0', known[2] or '', math.max(high - low, 0)}
local left = math.min(high - low, tonumber(ARGV[5]))
local rank = upwards and low or high - 1
local bytes = 0
while left > 0 and bytes <= tonumber(ARGV[6]) do
    local n = math.min(left, 16)
    local some
    if upwards then
        some = redis.call('ZRANGE', messages, rank, rank + n - 1)
        rank = rank + n
    else
        some = redis.call('ZREVRANGE', messages, count - 1 - rank, count - 1 - rank + n - 1)
        rank = rank - n
    end
    for _, message in ipairs(some) do
        page[#page + 1] = message
        bytes = bytes + math.max(#message - tonumber(ARGV[7]), 0)
    end
    left = left - n
end
return page
