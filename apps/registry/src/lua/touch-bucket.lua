-- Makes buckets owe a look: a name changed, or a place was seen behind what readers have heard.
-- KEYS 1 buckets to look at (sorted set), 2 their touches (hash), 3 tenant counter, 4 place hash   ARGV 1 lowest revision of the place, 2.. names
if tonumber(redis.call('HGET', KEYS[4], 'revision') or '0') < tonumber(ARGV[1]) then redis.call('HSET', KEYS[4], 'revision', ARGV[1]) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #ARGV do
  redis.call('HSET', KEYS[2], ARGV[i], redis.call('INCR', KEYS[3]))
  redis.call('ZADD', KEYS[1], 'LT', now, ARGV[i])
end
return 1
