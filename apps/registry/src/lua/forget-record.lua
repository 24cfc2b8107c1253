-- Removes a record that was read, as if nobody had ever told it; units on which it still stood owe a derivation, and its buckets a look.
-- KEYS 1 record hash, 2 owed (sorted set), 3 dirty units (sorted set), 4 causes of dirty units (hash), 5 epoch, 6 tenant counter, 7 names of its kind (sorted set),
--      8 names of buckets (sorted set), 9 buckets to look at (sorted set), 10 their touches (hash)
-- ARGV 1 epoch expected, 2 highest counter seen, 3 etag expected, 4 record name, 5 prefix of unit keys, 6 units it is on (JSON list), 7 cause,
--      8 prefix of buckets, 9 its buckets (JSON list)
-- Returns {'REWOUND'}, {'CONFLICT'} or {'OK', counter, units that owe..}
local counter = tonumber(redis.call('GET', KEYS[6]) or '0')
if redis.call('GET', KEYS[5]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
if redis.call('HGET', KEYS[1], 'etag') ~= ARGV[3] then return { 'CONFLICT' } end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[4])
redis.call('ZREM', KEYS[7], ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
counter = redis.call('INCR', KEYS[6])
local reply = { 'OK', counter }
for _, unit in ipairs(cjson.decode(ARGV[6])) do
  if redis.call('SREM', ARGV[5] .. unit .. ':records', ARGV[4]) == 1 then
    redis.call('HINCRBY', ARGV[5] .. unit, 'revision', 1)
    redis.call('ZADD', KEYS[3], 'NX', now, unit)
    redis.call('HSET', KEYS[4], unit, ARGV[7])
    reply[#reply + 1] = unit
  end
end
for _, bucket in ipairs(cjson.decode(ARGV[9])) do
  redis.call('SREM', ARGV[8] .. bucket, ARGV[4])
  if redis.call('EXISTS', ARGV[8] .. bucket) == 0 then redis.call('ZREM', KEYS[8], bucket) end
  redis.call('HSET', KEYS[10], bucket, counter)
  redis.call('ZADD', KEYS[9], 'LT', now, bucket)
end
return reply
