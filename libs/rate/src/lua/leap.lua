-- Somebody found that this Redis' clock went ahead of the time that passed: calls are taken for older than they are, in every bucket.
-- KEYS 1 the instant of the last leap; ARGV 1 JSON: now (absent = TIME), keep in ms
local ask = cjson.decode(ARGV[1])
redis.call('SET', KEYS[1], text(clock(ask.now)), 'PX', ask.keep)
return 'OK'
