-- Makes a user known, and begins anew the time after which what is kept of the user is forgotten.
--
-- KEYS  name, and what else is kept of the user
-- ARGV  1 the name   2 "1" if the user gets it in any case, "0" if only a user who is not known   3 ms
-- Returns the name by which the user is known now.
local name = redis.call('GET', KEYS[1])
if not name or (ARGV[2] == '1' and name ~= ARGV[1]) then
    name = ARGV[1]
    redis.call('SET', KEYS[1], name)
end
-- A Redis that may not write now is no reason to refuse a login.
for _, key in ipairs(KEYS) do
    redis.pcall('PEXPIRE', key, ARGV[3])
end
return name
