-- Grants a call all of its scopes, or none. A scope is a sorted set of calls; the score is the instant (µs of this Redis' clock) until
-- which the call occupies it. A granted call occupies until hold + window from now; release.lua brings that forward to window after
-- the response. Since a call is counted at the provider between its grant and its response, at most `limit` calls are counted there
-- in any window: the last one granted of them found all the others still in the set.
-- KEYS 1 last grant of the connection; then for each scope: 2i its calls (zset), 2i+1 the instant from which it may be used (string)
-- ARGV 1 now in µs ('' = TIME; specs move it), 2 permit id, 3 hold in µs, 4 highest grant of the connection that the caller knows,
--      5 the job, which takes its own earlier place in a scope that is not lasting; then for each scope: limit, window in µs, start: 'none' (not lasting), 'ask', 'fresh' (never used before), 'lost'
-- Returns {'GRANTED', observedAt}, {'WAIT', µs} or {'UNKNOWN', index...}: scopes that this memory does not know, numbered from 1
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local id, hold, floor, job = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local text = function(number) return string.format('%.0f', number) end

local count = (#KEYS - 1) / 2
local scopes, unknown = {}, {}
for i = 1, count do
  local scope = { calls = KEYS[2 * i], opens = KEYS[2 * i + 1], limit = tonumber(ARGV[3 + 3 * i]), window = tonumber(ARGV[4 + 3 * i]), start = ARGV[5 + 3 * i] }
  -- A job that comes again lost the worker that held it: it need not wait for that one's deadline.
  scope.member = scope.start == 'none' and job or id
  scopes[i] = scope
  if scope.start == 'ask' and redis.call('EXISTS', scope.opens) == 0 then unknown[#unknown + 1] = i end
end
if #unknown > 0 then return { 'UNKNOWN', unpack(unknown) } end

-- The caller was granted something that this memory does not have: it was set back. What else it forgot, nobody can say.
local rewound = last < floor

local wait = 0
for _, scope in ipairs(scopes) do
  if scope.start ~= 'none' then
    local opens = tonumber(redis.call('GET', scope.opens) or 'nil')
    if rewound or not opens then
      -- A lost bucket starts used up: a call granted just before the loss may be counted until hold, and then for a window.
      opens = (rewound or scope.start ~= 'fresh') and now + hold + scope.window or now
      redis.call('SET', scope.opens, text(opens))
    end
    wait = math.max(wait, opens - now)
  end
  redis.call('ZREMRANGEBYSCORE', scope.calls, '-inf', '(' .. text(now))
  local mine = redis.call('ZSCORE', scope.calls, scope.member) and 1 or 0
  local over = redis.call('ZCARD', scope.calls) - mine - scope.limit
  if over >= 0 then
    local leaves = redis.call('ZRANGE', scope.calls, over, over, 'WITHSCORES')
    wait = math.max(wait, tonumber(leaves[2]) - now + 1)
  end
end
if rewound then redis.call('SET', KEYS[1], text(floor)) end
if wait > 0 then return { 'WAIT', wait } end

-- Strictly rising for each connection: it is part of every version that the answer tells.
local observed = math.max(now, last + 1)
redis.call('SET', KEYS[1], text(observed))
for _, scope in ipairs(scopes) do
  local until_ = now + hold + scope.window
  redis.call('ZADD', scope.calls, text(until_), scope.member)
  redis.call('PEXPIRE', scope.calls, text(math.ceil((hold + scope.window) / 1000) + 60000))
end
return { 'GRANTED', observed }
