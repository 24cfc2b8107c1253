-- Pays a record's debt: readers have heard of `revision`. Never lowers anything: two replicas may pay the same debt.
-- A memory that lost the record as it was announced is told nothing: to it the revision would be another one's.
-- KEYS 1 record hash, 2 owed (sorted set), 3 epoch, 4 tenant counter
-- ARGV 1 revision, 2 state sequence, 3 record name, 4 place announced, 5 epoch expected, 6 highest counter seen
-- Returns 1, or 0 where the memory is another one
local counter = tonumber(redis.call('GET', KEYS[4]) or '0')
if redis.call('GET', KEYS[3]) ~= ARGV[5] or counter < tonumber(ARGV[6]) then return 0 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local r = redis.call('HMGET', KEYS[1], 'announced', 'stateSeq', 'revision')
if tonumber(r[1] or '0') < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'announced', ARGV[1], 'announcedPlace', ARGV[4]) end
if tonumber(r[2] or '0') < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'stateSeq', ARGV[2]) end
if tonumber(r[3] or '0') <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[2], ARGV[3]) end
return 1
