-- A call has its response: it occupies each bucket for one window more, at the price that it had. Added even where it is missing:
-- this may be a memory that was lost in the meantime, and the call was counted at the provider all the same.
-- KEYS 1 the clock, then the buckets
-- ARGV 1 JSON: now (absent = TIME), id, job, lane (number), operation, for each bucket {window, lasting, cost: what was
--      reserved; and of the one that the answer's headers speak of: paid, left, resets (µs), remember (ms), margin (µs)}
local ask = cjson.decode(ARGV[1])
local now = clock(ask.now, KEYS[1])

-- The highest price lately is what the next call of the kind is taken to cost.
local function learn(bucket, paid, remember)
  local key = bucket .. ':cost:' .. ask.operation
  local known = number(redis.call('GET', key))
  if not known or paid >= known then redis.call('SET', key, text(paid), 'PX', remember) end
end

-- The provider's own account: down at once, since others spend too; up never before its window ends. Calls under way may be in its
-- figure or not: they are taken as not.
local function believe(bucket, given)
  local underWay = 0
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', bucket .. ':calls', '(' .. text(now + given.window), '+inf')) do
    underWay = underWay + tonumber(string.match(member, '^%d+'))
  end
  local left, till = number(redis.call('HGET', bucket .. ':state', 'left')), number(redis.call('HGET', bucket .. ':state', 'leftUntil'))
  local said, ends = given.left - underWay, now + (given.resets or given.window) + given.margin
  -- An end that is a good deal later is that of another window.
  if left and till and till > now and ends < till + given.window / 2 then
    said, ends = math.min(said, left), math.max(ends, till)
  end
  redis.call('HSET', bucket .. ':state', 'left', text(said), 'leftUntil', text(ends))
end

-- What was reserved had been taken off what the provider said is left; and the pace is that of what calls really cost.
local function settle(bucket, given)
  local left = number(redis.call('HGET', bucket .. ':state', 'left'))
  if left then redis.call('HSET', bucket .. ':state', 'left', text(left + given.cost - given.paid)) end
  redis.call('HSET', bucket .. ':state', 'price', text(given.paid))
end

for i, given in ipairs(ask.scopes) do
  local bucket = KEYS[i + 1]
  if not given.lasting then
    redis.call('ZREM', bucket .. ':calls', '1:' .. ask.job)
  else
    local paid = given.paid or given.cost
    local stays = text(now + given.window)
    redis.call('ZREM', bucket .. ':calls', text(given.cost) .. ':' .. ask.id)
    redis.call('ZADD', bucket .. ':calls', stays, text(paid) .. ':' .. ask.id)
    if redis.call('ZSCORE', bucket .. ':live', ask.id) then redis.call('ZADD', bucket .. ':live', stays, ask.id) end
    local ttl = math.ceil(given.window / 1000) + 60000
    if redis.call('PTTL', bucket .. ':calls') < ttl then redis.call('PEXPIRE', bucket .. ':calls', ttl) end
    if given.paid then learn(bucket, given.paid, given.remember) end
    if given.paid then settle(bucket, given) end
    if given.left then believe(bucket, given) end
  end
end
return 'OK'
