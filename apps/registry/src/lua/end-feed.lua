-- STATE has been fed: the memory is whole, unless it is not the one that the feeding began with. Of two who fed at once the first names it.
-- KEYS 1 epoch, 2 tenant counter, 3 floor, 4 token
-- ARGV 1 epoch at the beginning ('' = unknown), 2 token, 3 a new epoch, 4 highest counter seen meanwhile, 5 sequence up to which was fed
-- Returns {epoch, counter}, or {} where it has to be begun anew
local epoch = redis.call('GET', KEYS[1]) or ''
local counter = tonumber(redis.call('GET', KEYS[2]) or '0')
if counter < tonumber(ARGV[4]) then return {} end
if ARGV[1] ~= '' then
  if epoch ~= ARGV[1] then return {} end
else
  -- Gone or another: it was wiped or set back while it was filled, and what was fed before that is not in it.
  if redis.call('GET', KEYS[4]) ~= ARGV[2] then return {} end
  if epoch == '' then
    epoch = ARGV[3]
    redis.call('SET', KEYS[1], epoch)
  end
end
if tonumber(redis.call('GET', KEYS[3]) or '0') < tonumber(ARGV[5]) then redis.call('SET', KEYS[3], ARGV[5]) end
return { epoch, counter }
