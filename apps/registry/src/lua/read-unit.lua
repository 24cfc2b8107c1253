-- Everything one room is derived from, read at one instant; notes that a derivation of this revision has begun.
-- KEYS 1 unit hash, 2 its record names (set), 3 causes (hash), 4 epoch, 5 tenant counter, 6 its conflicts (hash)
-- ARGV 1 epoch expected, 2 highest counter seen, 3 unit, 4 prefix of record keys, 5.. names of the property's records
-- Returns {'REWOUND'} or {'OK', counter, revision, stateSeq, hash, asOf, cause, docs of the unit, docs of the property, conflicts, open}
-- `open` = the lowest revision of which a derivation has begun since the unit was clean: one that may still announce what it saw.
-- `asOf` = Redis' clock, never before the unit's last: a stepped-back clock must not bring a departed guest back.
local counter = tonumber(redis.call('GET', KEYS[5]) or '0')
if redis.call('GET', KEYS[4]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local u = redis.call('HMGET', KEYS[1], 'revision', 'stateSeq', 'hash', 'asOf', 'open')
local open = u[5] or u[1] or '0'
if not u[5] then redis.call('HSET', KEYS[1], 'open', open) end
local time = redis.call('TIME')
local asOf = math.max(time[1] * 1000 + math.floor(time[2] / 1000), tonumber(u[4] or '0'))
local docs, property = {}, {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local doc = redis.call('HGET', ARGV[4] .. name, 'doc')
  if doc then docs[#docs + 1] = doc end
end
for i = 5, #ARGV do
  local doc = redis.call('HGET', ARGV[4] .. ARGV[i], 'doc')
  if doc then property[#property + 1] = doc end
end
return { 'OK', counter, u[1], u[2], u[3], asOf, redis.call('HGET', KEYS[3], ARGV[3]), docs, property, redis.call('HVALS', KEYS[6]), open }
