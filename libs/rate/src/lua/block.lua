-- The provider asked for a pause: nobody in the fleet uses these scopes before it is over.
-- KEYS the instant from which each scope may be used (string)
-- ARGV 1 now in µs ('' = TIME), 2 pause in µs
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
for _, opens in ipairs(KEYS) do
  local known = tonumber(redis.call('GET', opens) or 'nil')
  -- Where it is not known the bucket was lost: that finds its own, longer pause.
  if known then redis.call('SET', opens, string.format('%.0f', math.max(known, now + tonumber(ARGV[2])))) end
end
return 'OK'
