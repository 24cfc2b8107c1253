-- Notes what readers have heard of a conflict. Never goes back: two replicas may note the same announcement.
-- KEYS 1 conflicts of the unit (hash)   ARGV 1 conflict, 2 state sequence, 3 what was heard, as JSON with its `stateSeq`
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and cjson.decode(held).stateSeq > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
