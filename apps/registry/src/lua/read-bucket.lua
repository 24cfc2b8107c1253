-- Everything one bucket's place is derived from, read at one instant; says that a later look has begun, so that an earlier one gives way.
-- KEYS 1 place hash, 2 buckets to look at (sorted set), 3 their touches (hash), 4 epoch, 5 tenant counter, 6.. members of the buckets (sets)
-- ARGV 1 epoch expected, 2 highest counter seen, 3 name of the touched bucket, 4 part of the place that is derived, 5 prefix of record keys,
--      6 ms for which nobody else need look, 7.. names of the property's records
-- Returns {'REWOUND'} or {'OK', counter, now in ms, look, touch, docs, docs of the property}
local counter = tonumber(redis.call('GET', KEYS[5]) or '0')
if redis.call('GET', KEYS[4]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], 'XX', now + tonumber(ARGV[6]), ARGV[3])
local look = redis.call('HINCRBY', KEYS[1], 'look:' .. ARGV[4], 1)
local docs, property = {}, {}
for i = 6, #KEYS do
  for _, name in ipairs(redis.call('SMEMBERS', KEYS[i])) do
    local doc = redis.call('HGET', ARGV[5] .. name, 'doc')
    if doc then docs[#docs + 1] = doc end
  end
end
for i = 7, #ARGV do
  local doc = redis.call('HGET', ARGV[5] .. ARGV[i], 'doc')
  if doc then property[#property + 1] = doc end
end
return { 'OK', counter, now, look, redis.call('HGET', KEYS[3], ARGV[3]), docs, property }
