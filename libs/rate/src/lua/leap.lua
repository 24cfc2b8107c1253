-- Somebody found that this Redis' clock went ahead of the time that passed: calls are taken for older than they are, in every bucket.
-- KEYS 1 the clock; ARGV 1 JSON: now (absent = TIME)
local ask = cjson.decode(ARGV[1])
redis.call('HSET', KEYS[1], 'leap', text((clock(ask.now, KEYS[1]))))
return 'OK'
