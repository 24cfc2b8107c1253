-- Notes what became of a derivation of `revision`. Only if nothing has touched the unit since is it clean again.
-- KEYS 1 unit hash, 2 dirty (sorted set), 3 causes (hash), 4 due index (sorted set), 5 record names of the unit (set), 6 epoch,
--      7 tenant counter
-- ARGV 1 unit, 2 revision, 3 state sequence, 4 hash, 5 asOf, 6 due ms ('' = never), 7 room as JSON, 8 room announced (0/1),
--      9 anything announced (0/1), 10 epoch expected, 11 highest counter seen, 12.. record names to forget
-- Returns 1 where the unit is clean, 0 where somebody else owes a derivation, -1 where this one has to be made again, -2 where the
-- memory is not the one that it was made from.
if redis.call('GET', KEYS[6]) ~= ARGV[10] or tonumber(redis.call('GET', KEYS[7]) or '0') < tonumber(ARGV[11]) then return -2 end
local u = redis.call('HMGET', KEYS[1], 'revision', 'stateSeq', 'asOf')
local revision, heard = tonumber(u[1] or '0'), tonumber(u[2] or '0')
if heard <= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'stateSeq', ARGV[3], 'hash', ARGV[4], 'room', ARGV[7])
  if ARGV[8] == '1' then redis.call('HSET', KEYS[1], 'announced', ARGV[2]) end
end
if tonumber(u[3] or '0') < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'asOf', ARGV[5]) end
-- Readers have heard something that this derivation did not know of: it concluded nothing.
if heard > tonumber(ARGV[3]) then return -1 end
if revision > tonumber(ARGV[2]) then
  -- What was announced is older than what may have been found clean in the meantime.
  if ARGV[9] == '1' then
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[2], 'NX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
  end
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[1], 'open')
if ARGV[6] == '' then redis.call('ZREM', KEYS[4], ARGV[1]) else redis.call('ZADD', KEYS[4], ARGV[6], ARGV[1]) end
for i = 12, #ARGV do redis.call('SREM', KEYS[5], ARGV[i]) end
return 1
