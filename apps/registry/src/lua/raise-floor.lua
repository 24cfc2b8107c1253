-- Raises the floor: the sequence of STATE up to which this memory knows everything that readers have heard. What is announced pays
-- a debt that stays here until the announcement is marked. So once every debt is paid that was there when `ARGV[3]` had been marked,
-- nothing before it is unmarked. Debts are told apart by their scores alone: it does not matter whose clock those are of.
-- KEYS 1 epoch, 2 tenant counter, 3 floor, 4.. debts (sorted sets)
-- ARGV 1 epoch expected, 2 highest counter seen, 3 sequence, 4 the newest debt's score after it had been marked ('' = unknown)
-- Returns {'REWOUND'} or {'OK', floor, score of the newest debt ('' = there is none)}
local counter = tonumber(redis.call('GET', KEYS[2]) or '0')
if redis.call('GET', KEYS[1]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local oldest, newest
for i = 4, #KEYS do
  local first, last = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')[2], redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]
  if first and (not oldest or tonumber(first) < oldest) then oldest = tonumber(first) end
  if last and (not newest or tonumber(last) > newest) then newest = tonumber(last) end
end
local floor = tonumber(redis.call('GET', KEYS[3]) or '0')
if floor < tonumber(ARGV[3]) and (not oldest or (ARGV[4] ~= '' and oldest > tonumber(ARGV[4]))) then
  floor = tonumber(ARGV[3])
  redis.call('SET', KEYS[3], ARGV[3])
end
return { 'OK', floor, newest and string.format('%.0f', newest) or '' }
