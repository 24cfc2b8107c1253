-- Makes a unit owe a derivation: a timer passed, a name changed, or STATE was seen ahead of us.
-- KEYS 1 unit hash, 2 dirty (sorted set), 3 due index (sorted set), 4 tenant counter
-- ARGV 1 unit, 2 lowest revision that the next derivation may have, 3 state sequence ('' = keep), 4 only if due by Redis' clock (0/1)
-- Returns the revision, or 0 where it was not due.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] == '1' then
  local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if not due or tonumber(due) > now then return 0 end
  redis.call('ZREM', KEYS[3], ARGV[1])
end
local revision = math.max(tonumber(redis.call('HGET', KEYS[1], 'revision') or '0') + 1, tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'revision', revision)
if ARGV[3] ~= '' and tonumber(redis.call('HGET', KEYS[1], 'stateSeq') or '0') < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], 'stateSeq', ARGV[3]) end
redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
redis.call('INCR', KEYS[4])
return revision
