-- Removes what is remembered of a conflict, unless readers have heard more of it since it was read.
-- KEYS 1 conflicts of its place (hash), 2 conflict → the key of that (hash), 3 ids in the status that it was read in (sorted set)
-- ARGV 1 conflict, 2 state sequence that it was read with
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held or cjson.decode(held).stateSeq ~= tonumber(ARGV[2]) then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
