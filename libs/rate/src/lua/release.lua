-- A call has its response: it occupies each scope for one window more. Added even where it is missing: this may be a memory that
-- was lost in the meantime, and the call was counted at the provider all the same.
-- KEYS calls of each scope (zset)
-- ARGV 1 now in µs ('' = TIME), 2 permit id, 3 the job, then the window of each scope in µs
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
for i, calls in ipairs(KEYS) do
  local window = tonumber(ARGV[3 + i])
  if window == 0 then
    redis.call('ZREM', calls, ARGV[3])
  else
    redis.call('ZADD', calls, string.format('%.0f', now + window), ARGV[2])
    local ttl = math.ceil(window / 1000) + 60000
    if redis.call('PTTL', calls) < ttl then redis.call('PEXPIRE', calls, ttl) end
  end
end
return 'OK'
