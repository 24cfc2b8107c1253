-- Takes up what readers have heard of a room, where nothing later is known, and makes the unit owe a derivation that comes after it.
-- KEYS 1 unit hash, 2 dirty (sorted set), 3 tenant counter
-- ARGV 1 unit, 2 revision heard, 3 its state sequence, 4 hash, 5 room as JSON, 6 even where it was known (0/1)
-- Returns the tenant's counter
local u = redis.call('HMGET', KEYS[1], 'revision', 'stateSeq')
local known = tonumber(u[2] or '0')
if known > tonumber(ARGV[3]) or (known == tonumber(ARGV[3]) and ARGV[6] == '0') then return redis.call('GET', KEYS[3]) or '0' end
redis.call('HSET', KEYS[1], 'revision', math.max(tonumber(u[1] or '0'), tonumber(ARGV[2])) + 1)
redis.call('HSET', KEYS[1], 'stateSeq', ARGV[3], 'hash', ARGV[4], 'room', ARGV[5], 'announced', ARGV[2])
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], 'NX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
return redis.call('INCR', KEYS[3])
