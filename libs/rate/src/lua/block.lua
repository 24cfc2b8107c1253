-- The provider asked for a pause: nobody in the fleet uses these buckets before it is over.
-- KEYS 1 the clock, then the buckets; ARGV 1 JSON: now (absent = TIME), pause in µs
local ask = cjson.decode(ARGV[1])
local now = clock(ask.now, KEYS[1])
for i = 2, #KEYS do
  local bucket = KEYS[i]
  local known = number(redis.call('GET', bucket .. ':opens'))
  -- Where it is not known the bucket was lost: that finds its own, longer pause.
  if known then redis.call('SET', bucket .. ':opens', text(math.max(known, now + ask.pause))) end
end
return 'OK'
