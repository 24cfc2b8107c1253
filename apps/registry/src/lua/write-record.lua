-- Writes a record over the one that was read, and in the same step marks everything that now owes readers something:
-- the record itself (owed) and every unit it touches, old and new (dirty, revision advanced). A crash after this call loses nothing.
-- KEYS 1 record hash, 2 owed (sorted set), 3 dirty units (sorted set), 4 causes of dirty units (hash), 5 epoch, 6 tenant counter, 7 names of its kind (sorted set)
-- ARGV 1 epoch expected ('' while rebuilding), 2 highest counter seen, 3 etag expected, 4 doc, 5 revision, 6 place, 7 confirmed (0/1),
--      8 cause, 9 record name, 10 prefix of unit keys, 11 touched units (JSON list), 12 units it was on (JSON list), 13 announced ('' = keep),
--      14 state sequence ('' = keep)
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
redis.call('HSET', KEYS[1], 'doc', ARGV[4], 'etag', etag + 1, 'revision', ARGV[5], 'place', ARGV[6], 'confirmed', ARGV[7], 'cause', ARGV[8])
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
return { 'OK', redis.call('INCR', KEYS[6]), etag + 1 }
