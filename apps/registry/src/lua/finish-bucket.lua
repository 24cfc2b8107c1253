-- Ends a look at a bucket: it is not to be looked at again, but for what touched it since, and at the times given.
-- KEYS 1 buckets to look at (sorted set), 2 their touches (hash), 3 epoch
-- ARGV 1 epoch expected: another memory counts its touches anew, 2 name, 3 touch, 4 again at ms, 5.. names to look at again then
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[3] then
  redis.call('ZREM', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
end
for i = 5, #ARGV do
  redis.call('ZADD', KEYS[1], 'LT', ARGV[4], ARGV[i])
  redis.call('HSETNX', KEYS[2], ARGV[i], '0')
end
return 1
