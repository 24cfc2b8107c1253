-- What Redis holds of a tenant, before STATE is fed into it. A memory that is further back than the asker knew it is declared unknown:
-- whole only up to its floor, as one that nobody has named. A wiped one has no floor, and none of it is believed.
-- KEYS 1 epoch, 2 tenant counter, 3 floor, 4 token of those who fill an unknown memory
-- ARGV 1 epoch that the asker knew, 2 counter that it knew, 3 a new token
-- Returns {epoch ('' = unknown), counter, floor, token}
local epoch = redis.call('GET', KEYS[1]) or ''
local counter = tonumber(redis.call('GET', KEYS[2]) or '0')
if epoch ~= '' and epoch == ARGV[1] and counter < tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1], KEYS[4])
  epoch = ''
end
if epoch == '' then redis.call('SET', KEYS[4], ARGV[3], 'NX') end
return { epoch, counter, redis.call('GET', KEYS[3]) or '0', redis.call('GET', KEYS[4]) or '' }
