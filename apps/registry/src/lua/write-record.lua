-- Writes a record over the one that was read, and in the same step marks everything that now owes readers something:
-- the record itself (owed) and every unit it touches, old and new (dirty, revision advanced). A crash after this call loses nothing.
-- KEYS 1 record hash, 2 owed (sorted set), 3 dirty units (sorted set), 4 causes of dirty units (hash), 5 epoch, 6 tenant counter, 7 names of its kind (sorted set),
--      8 names of buckets (sorted set), 9 buckets to look at (sorted set), 10 their touches (hash), 11 says that the tenant has calendars
-- ARGV 1 epoch expected ('' while rebuilding), 2 highest counter seen, 3 etag expected, 4 doc, 5 revision, 6 place, 7 confirmed (0/1),
--      8 cause, 9 record name, 10 prefix of unit keys, 11 touched units (JSON list), 12 units it was on (JSON list), 13 announced ('' = keep),
--      14 state sequence ('' = keep), 15 prefix of buckets, 16 its buckets (JSON list), 17 those that it stood in (JSON list),
--      18 those to look at (JSON list), 19 only where the tenant has calendars (0/1), 20 it is a calendar (0/1)
-- Returns {'REWOUND'}, {'CONFLICT'} or {'OK', counter, etag}
if ARGV[1] ~= '' then
  local counter = tonumber(redis.call('GET', KEYS[6]) or '0')
  if redis.call('GET', KEYS[5]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
end
local etag = tonumber(redis.call('HGET', KEYS[1], 'etag') or '0')
if etag ~= tonumber(ARGV[3]) then return { 'CONFLICT' } end

-- Redis' clock, not a worker's: the sweep compares with the same one.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'doc', ARGV[4], 'etag', etag + 1, 'revision', ARGV[5], 'place', ARGV[6], 'confirmed', ARGV[7], 'cause', ARGV[8], 'buckets', ARGV[16])
if ARGV[13] ~= '' then redis.call('HSET', KEYS[1], 'announced', ARGV[13], 'announcedPlace', ARGV[6]) end
if ARGV[14] ~= '' then redis.call('HSET', KEYS[1], 'stateSeq', ARGV[14]) end
local announced = tonumber(redis.call('HGET', KEYS[1], 'announced') or '0')
if announced < tonumber(ARGV[5]) then redis.call('ZADD', KEYS[2], 'NX', now, ARGV[9]) else redis.call('ZREM', KEYS[2], ARGV[9]) end
redis.call('ZADD', KEYS[7], 0, ARGV[9])

local place = cjson.decode(ARGV[6])
local on = {}
for _, unit in ipairs(place.units) do
  on[unit] = true
  redis.call('SADD', ARGV[10] .. unit .. ':records', ARGV[9])
end
for _, unit in ipairs(cjson.decode(ARGV[12])) do
  if not on[unit] then redis.call('SREM', ARGV[10] .. unit .. ':records', ARGV[9]) end
end
for _, unit in ipairs(cjson.decode(ARGV[11])) do
  redis.call('HINCRBY', ARGV[10] .. unit, 'revision', 1)
  redis.call('ZADD', KEYS[3], 'NX', now, unit)
  redis.call('HSET', KEYS[4], unit, ARGV[8])
end
if ARGV[16] ~= ARGV[17] then
  local is, was = {}, {}
  for _, bucket in ipairs(cjson.decode(ARGV[17])) do was[bucket] = true end
  for _, bucket in ipairs(cjson.decode(ARGV[16])) do
    is[bucket] = true
    if not was[bucket] then
      redis.call('SADD', ARGV[15] .. bucket, ARGV[9])
      redis.call('ZADD', KEYS[8], 0, bucket)
    end
  end
  for bucket in pairs(was) do
    if not is[bucket] and redis.call('SREM', ARGV[15] .. bucket, ARGV[9]) == 1 and redis.call('EXISTS', ARGV[15] .. bucket) == 0 then
      redis.call('ZREM', KEYS[8], bucket)
    end
  end
end
local counter = redis.call('INCR', KEYS[6])
if ARGV[20] == '1' then redis.call('SETNX', KEYS[11], '1') end
if ARGV[18] ~= '[]' and (ARGV[19] == '0' or redis.call('EXISTS', KEYS[11]) == 1) then
  for _, bucket in ipairs(cjson.decode(ARGV[18])) do
    redis.call('HSET', KEYS[10], bucket, counter)
    redis.call('ZADD', KEYS[9], 'LT', now, bucket)
  end
end
return { 'OK', counter, etag + 1 }
