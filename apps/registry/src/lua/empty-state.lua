-- A record's subject was found empty. Not where somebody has announced on it since.
-- KEYS 1 record hash   ARGV 1 state sequence that it was thought to end at
if redis.call('HGET', KEYS[1], 'stateSeq') == ARGV[1] then redis.call('HSET', KEYS[1], 'stateSeq', 0) end
return 1
