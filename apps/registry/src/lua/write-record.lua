-- Writes a record over the one that was read, and in the same step marks everything that now owes readers something:
-- the record itself (owed) and every unit it touches, old and new (dirty, revision advanced). A crash after this call loses nothing.
-- KEYS 1 record hash, 2 owed (sorted set), 3 dirty units (sorted set), 4 causes of dirty units (hash), 5 epoch, 6 tenant counter, 7 names of its kind (sorted set),
--      8 names of buckets (sorted set), 9 buckets to look at (sorted set), 10 their touches (hash), 11 says that the tenant has calendars
-- ARGV 1 epoch expected ('' while rebuilding), 2 highest counter seen, 3 etag expected, 4 doc, 5 revision, 6 place, 7 confirmed (0/1),
--      8 cause, 9 record name, 10 prefix of unit keys, 11 announced ('' = keep), 12 state sequence ('' = keep),
--      13 prefix of buckets, 14 its buckets (JSON list), 15 those that it stood in (JSON list), 16 those to look at (JSON list),
--      17 only where the tenant has calendars (0/1), 18 it is a calendar (0/1),
--      19 how many units it came to, 20 how many it left, 21.. those it came to, then those it left, then those it touches
-- Returns {'REWOUND'}, {'CONFLICT'} or {'OK', counter, etag}
local call = redis.call
if ARGV[1] ~= '' then
  local memory = call('MGET', KEYS[5], KEYS[6])
  if memory[1] ~= ARGV[1] or tonumber(memory[2] or '0') < tonumber(ARGV[2]) then return { 'REWOUND' } end
end
local held = call('HMGET', KEYS[1], 'etag', 'announced')
if (held[1] or '0') ~= ARGV[3] then return { 'CONFLICT' } end
local etag = ARGV[3] + 1
local announced = held[2] or '0'

-- Redis' clock, not a worker's: the sweep compares with the same one.
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
call('HSET', KEYS[1], 'doc', ARGV[4], 'etag', etag, 'revision', ARGV[5], 'place', ARGV[6], 'confirmed', ARGV[7], 'cause', ARGV[8], 'buckets', ARGV[14])
-- A mark raises both without touching the etag: what it said since the record was read is not taken back.
if ARGV[11] ~= '' and tonumber(announced) < tonumber(ARGV[11]) then
  announced = ARGV[11]
  call('HSET', KEYS[1], 'announced', announced, 'announcedPlace', ARGV[6])
end
if ARGV[12] ~= '' and tonumber(call('HGET', KEYS[1], 'stateSeq') or '0') < tonumber(ARGV[12]) then call('HSET', KEYS[1], 'stateSeq', ARGV[12]) end
if tonumber(announced) < tonumber(ARGV[5]) then call('ZADD', KEYS[2], 'NX', now, ARGV[9]) else call('ZREM', KEYS[2], ARGV[9]) end
-- A name is listed as long as there is a record.
if not held[1] then call('ZADD', KEYS[7], 0, ARGV[9]) end

local left = 21 + ARGV[19]
local touched = left + ARGV[20]
for i = 21, left - 1 do call('SADD', ARGV[10] .. ARGV[i] .. ':records', ARGV[9]) end
for i = left, touched - 1 do call('SREM', ARGV[10] .. ARGV[i] .. ':records', ARGV[9]) end
for i = touched, #ARGV do
  call('HINCRBY', ARGV[10] .. ARGV[i], 'revision', 1)
  call('ZADD', KEYS[3], 'NX', now, ARGV[i])
  call('HSET', KEYS[4], ARGV[i], ARGV[8])
end
if ARGV[14] ~= ARGV[15] then
  local is, was = {}, {}
  for _, bucket in ipairs(cjson.decode(ARGV[15])) do was[bucket] = true end
  for _, bucket in ipairs(cjson.decode(ARGV[14])) do
    is[bucket] = true
    if not was[bucket] then
      call('SADD', ARGV[13] .. bucket, ARGV[9])
      call('ZADD', KEYS[8], 0, bucket)
    end
  end
  for bucket in pairs(was) do
    if not is[bucket] and call('SREM', ARGV[13] .. bucket, ARGV[9]) == 1 and call('EXISTS', ARGV[13] .. bucket) == 0 then
      call('ZREM', KEYS[8], bucket)
    end
  end
end
local counter = call('INCR', KEYS[6])
if ARGV[18] == '1' then call('SETNX', KEYS[11], '1') end
if ARGV[16] ~= '[]' and (ARGV[17] == '0' or call('EXISTS', KEYS[11]) == 1) then
  for _, bucket in ipairs(cjson.decode(ARGV[16])) do
    call('HSET', KEYS[10], bucket, counter)
    call('ZADD', KEYS[9], 'LT', now, bucket)
  end
end
return { 'OK', counter, etag }
