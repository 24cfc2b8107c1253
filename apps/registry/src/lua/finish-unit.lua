-- Notes what became of a derivation of `revision`. Only if nothing has touched the unit since is it clean again.
-- KEYS 1 unit hash, 2 dirty (sorted set), 3 causes (hash), 4 due index (sorted set), 5 record names of the unit (set)
-- ARGV 1 unit, 2 revision, 3 state sequence, 4 hash, 5 asOf, 6 validUntil ms ('' = never), 7 room as JSON, 8 announced (0/1), 9.. record names to forget
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if tonumber(redis.call('HGET', KEYS[1], 'stateSeq') or '0') <= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'stateSeq', ARGV[3], 'hash', ARGV[4], 'room', ARGV[7])
  if ARGV[8] == '1' then redis.call('HSET', KEYS[1], 'announced', ARGV[2]) end
end
if tonumber(redis.call('HGET', KEYS[1], 'asOf') or '0') < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'asOf', ARGV[5]) end
if revision > tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if ARGV[6] == '' then redis.call('ZREM', KEYS[4], ARGV[1]) else redis.call('ZADD', KEYS[4], ARGV[6], ARGV[1]) end
for i = 9, #ARGV do redis.call('SREM', KEYS[5], ARGV[i]) end
return 1
