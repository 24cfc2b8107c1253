-- Pays a record's debt: readers have heard of `revision`. Never lowers anything: two replicas may pay the same debt.
-- KEYS 1 record hash, 2 owed (sorted set)   ARGV 1 revision, 2 state sequence, 3 record name, 4 place announced
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local r = redis.call('HMGET', KEYS[1], 'announced', 'stateSeq', 'revision')
if tonumber(r[1] or '0') < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'announced', ARGV[1], 'announcedPlace', ARGV[4]) end
if tonumber(r[2] or '0') < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'stateSeq', ARGV[2]) end
if tonumber(r[3] or '0') <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[2], ARGV[3]) end
return 1
