-- Ends a look at a bucket: it is not to be looked at again, but for what touched it since, and at the times given.
-- KEYS 1 buckets to look at (sorted set), 2 their touches (hash)   ARGV 1 name, 2 touch, 3 again at ms, 4.. names to look at again then
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
end
for i = 4, #ARGV do
  redis.call('ZADD', KEYS[1], 'LT', ARGV[3], ARGV[i])
  redis.call('HSETNX', KEYS[2], ARGV[i], '0')
end
return 1
