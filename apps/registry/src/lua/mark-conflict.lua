-- Notes what readers have heard of a conflict, and where it is found. Never goes back: two replicas may note the same announcement.
-- KEYS 1 conflicts of its place (hash), 2 conflict → the key of that (hash)
-- ARGV 1 conflict, 2 state sequence, 3 what was heard, as JSON with its `stateSeq`, 4 its status,
--      5 prefix of the sets of ids by status (sorted, every score 0), 6.. every status
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and cjson.decode(held).stateSeq > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], KEYS[1])
for i = 6, #ARGV do redis.call('ZREM', ARGV[5] .. ARGV[i], ARGV[1]) end
redis.call('ZADD', ARGV[5] .. ARGV[4], 0, ARGV[1])
return 1
