-- Declares this memory unknown, unless another replica has already made a new one of it.
-- KEYS 1 epoch   ARGV 1 the epoch that was found wanting
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
