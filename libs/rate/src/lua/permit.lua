-- Grants a call all of its buckets, or none. A granted call occupies them until hold + window from now; release.lua brings that
-- forward to window after the response. Since a call is counted at the provider between its grant and its response, at most `limit`
-- is counted there in any window: the last one granted of them found all the others still in the set.
-- Who is refused because others hold or are to have the room is told when theirs comes, and is known until then: see ADR 0019.
-- KEYS 1 the clock, 2 last grant of the connection, then the buckets
-- ARGV 1 JSON: now (absent = TIME; specs move it), id, hold in µs, floor: highest grant of the connection that the caller knows, job,
--      others: jobs that the call is for as well, look in µs, place, lane (number, 1 is the highest), tenant, operation, bulk, shares: by
--      lane, early and grace in µs, for each bucket {limit, window, cost, headroom, weighted, start: 'none' (not lasting), 'ask',
--      'fresh' (never used before), 'lost'}
-- Returns now and the last leap, then 'GRANTED', observedAt, and for each bucket what was reserved and what is in use by now;
--      or 'WAIT', µs; or 'UNKNOWN', index...: buckets that this memory does not know, numbered from 1
local ask = cjson.decode(ARGV[1])
local now, time = clock(ask.now, KEYS[1])
local LANES = #ask.shares
local last = number(redis.call('GET', KEYS[2])) or 0
local leap = number(redis.call('HGET', KEYS[1], 'leap')) or 0

local unknown = {}
for i, scope in ipairs(ask.scopes) do
  scope.bucket = KEYS[i + 2]
  if scope.start == 'ask' and redis.call('EXISTS', scope.bucket .. ':opens') == 0 then unknown[#unknown + 1] = i end
end
if #unknown > 0 then return { now, leap, 'UNKNOWN', unpack(unknown) } end

-- The caller was granted something that this memory does not have: it was set back. What else it forgot, nobody can say.
local rewound = last < ask.floor
if rewound then redis.call('SET', KEYS[2], text(ask.floor)) end
local me = ask.tenant .. '/' .. ask.place

local function key(scope, name, lane) return scope.bucket .. ':' .. name .. (lane or '') end

local function tenantOf(member) return string.match(member, '^[^/]*') end

local function leave(scope, lane, member)
  if redis.call('ZREM', key(scope, 'wait', lane), member) == 0 then return end
  local tenant = tenantOf(member)
  if redis.call('HINCRBY', key(scope, 'many', lane), tenant, -1) <= 0 then redis.call('HDEL', key(scope, 'many', lane), tenant) end
end

-- Until when nobody may use the bucket: it was lost, set back, or its clock leapt, and what was granted before may still be counted
-- until hold, and then for a window; or the provider asked for a pause.
local function opens(scope)
  local known = number(redis.call('GET', key(scope, 'opens')))
  local used_up = now + ask.hold + scope.window
  if rewound or not known then
    known = (rewound or scope.start ~= 'fresh') and math.max(used_up, known or 0) or now
    redis.call('SET', key(scope, 'opens'), text(known))
  end
  return leap > 0 and math.max(known, leap + ask.hold + scope.window) or known
end

-- What is over goes.
local function tidy(scope)
  for _, name in ipairs({ 'calls', 'live' }) do redis.call('ZREMRANGEBYSCORE', key(scope, name), '-inf', '(' .. text(now)) end
  for lane = 1, LANES do
    local gone = redis.call('ZRANGEBYSCORE', key(scope, 'wait', lane), '-inf', '(' .. text(now - ask.grace), 'LIMIT', 0, 100)
    for _, member in ipairs(gone) do leave(scope, lane, member) end
  end
  scope.ticket = number(redis.call('ZSCORE', key(scope, 'wait', ask.lane), me))
  leave(scope, ask.lane, me)
end

local function weightOf(member) return tonumber(string.match(member, '^%d+')) end

local function used(scope)
  if not scope.weighted then return redis.call('ZCARD', key(scope, 'calls')) end
  local sum = 0
  for _, member in ipairs(redis.call('ZRANGE', key(scope, 'calls'), 0, -1)) do sum = sum + weightOf(member) end
  return sum
end

-- A lower lane is owed its share of what is granted while it waits.
local function owed(scope, lane) return (scope.state['owed' .. lane] or 0) >= scope.cost end

local function stateOf(scope)
  local state = {}
  local flat = redis.call('HGETALL', key(scope, 'state'))
  for i = 1, #flat, 2 do state[flat[i]] = tonumber(flat[i + 1]) end
  return state
end

-- Virtual time of a tenant: never behind that of the lane, or who was away would have saved up turns.
local function virtual(scope, tenant)
  local own = number(redis.call('HGET', key(scope, 'served', ask.lane), tenant)) or 0
  return math.max(own, scope.state['v' .. ask.lane] or 0)
end

-- Of those who were told to come just now: how much they are to have before this call.
local function ahead(scope)
  local count = 0
  local mine = owed(scope, ask.lane)
  for lane = 1, LANES do
    local before = lane < ask.lane and not mine
    local debt = lane > ask.lane and not mine and owed(scope, lane)
    if before or debt or lane == ask.lane then
      local due = redis.call('ZRANGEBYSCORE', key(scope, 'wait', lane), '-inf', text(now + ask.early), 'LIMIT', 0, 100)
      if before then count = count + #due
      elseif debt then count = count + math.min(#due, 1)
      else
        local many = {}
        for _, member in ipairs(due) do
          local tenant = tenantOf(member)
          many[tenant] = (many[tenant] or 0) + 1
        end
        for tenant, waiting in pairs(many) do
          local turns = tenant == ask.tenant and 0 or math.ceil((scope.mine - virtual(scope, tenant)) / scope.cost)
          if turns > 0 then count = count + math.min(waiting, turns) end
        end
      end
    end
  end
  return count
end

-- How many of each tenant wait in the lane: with a place before this one's, where it has one already.
local function rivals(scope)
  local many = {}
  if scope.ticket then
    local before = redis.call('ZRANGEBYSCORE', key(scope, 'wait', ask.lane), '-inf', '(' .. text(scope.ticket), 'LIMIT', 0, 500)
    for _, member in ipairs(before) do
      local tenant = tenantOf(member)
      many[tenant] = (many[tenant] or 0) + 1
    end
  else
    local flat = redis.call('HGETALL', key(scope, 'many', ask.lane))
    for i = 1, #flat, 2 do many[flat[i]] = tonumber(flat[i + 1]) end
  end
  return many
end

-- How many of all who wait will be served before this one: of the higher lanes those whose place is before its, and in its own lane
-- the tenants round by round. Who waited already keeps the place that the instant is which was told.
local function position(scope)
  local count = 0
  local before = scope.ticket and '(' .. text(scope.ticket) or '+inf'
  for lane = owed(scope, ask.lane) and ask.lane or 1, ask.lane - 1 do
    count = count + redis.call('ZCOUNT', key(scope, 'wait', lane), '-inf', before)
  end
  local many = rivals(scope)
  local rounds = many[ask.tenant] or 0
  for tenant, waiting in pairs(many) do
    local sooner = virtual(scope, tenant) < scope.mine and 1 or 0
    count = count + (tenant == ask.tenant and waiting or math.min(waiting, rounds + sooner))
  end
  return count
end

-- When so much will be free as `short` is. A call under way cannot leave before a window from now; what is beyond the calls of now
-- comes as the limit allows.
local function freeAt(scope, short)
  local soonest = now + scope.window + 1
  if short > scope.used then return soonest + (short - scope.used) / (scope.limit - scope.free) * scope.window end
  if not scope.weighted then
    local call = redis.call('ZRANGE', key(scope, 'calls'), short - 1, short - 1, 'WITHSCORES')
    return math.min(tonumber(call[2]) + 1, soonest)
  end
  local calls = redis.call('ZRANGE', key(scope, 'calls'), 0, -1, 'WITHSCORES')
  for i = 1, #calls, 2 do
    short = short - weightOf(calls[i])
    if short <= 0 then return math.min(tonumber(calls[i + 1]) + 1, soonest) end
  end
  return soonest
end

-- What bulk leaves free for the urgent: the headroom, or more where there are many of them, since their arrivals scatter (square root).
-- And its pace, a little above what the rest allows in the long run: what it took frees bit by bit, and who is more urgent and finds
-- nothing waits for a bit and not for a window. A tenth of a window may be taken at once.
local function restrain(scope)
  scope.free, scope.spacing, scope.earliest = 0, 0, 0
  if not ask.bulk then return end
  local live = redis.call('ZCARD', key(scope, 'live'))
  local free = math.min(math.max(scope.headroom, math.ceil(1.25 * math.sqrt(live)) * scope.cost), scope.limit - scope.cost)
  local rest = math.max(scope.limit / 2, scope.limit - free - live * scope.cost)
  scope.spacing = 0.9 * scope.window * math.min(scope.cost, scope.state.price or scope.cost) / rest
  scope.earliest = (scope.state.tat or 0) - scope.window / 10
  if not owed(scope, ask.lane) then scope.free = free end
end

-- 0, or the instant to come again; and whether that is for want of room, so that waiting for it makes a place in the queue.
local function verdict(scope)
  local from = opens(scope)
  tidy(scope)
  if scope.weighted then scope.cost = math.max(scope.cost, number(redis.call('GET', key(scope, 'cost:', ask.operation))) or 0) end
  scope.cost = math.min(scope.cost, scope.limit)
  scope.state = stateOf(scope)
  scope.mine = virtual(scope, ask.tenant)
  if from > now then return from, false end
  restrain(scope)
  local free = scope.free
  local before = ahead(scope)
  local left, till = scope.state.left, scope.state.leftUntil
  if left and till and till > now and left < scope.cost + free then return till, false end
  scope.used = used(scope)
  if scope.earliest <= now and scope.used + (before + 1) * scope.cost + free <= scope.limit then return 0, false end
  local place = position(scope)
  local short = scope.used + (place + 1) * scope.cost + free - scope.limit
  -- There is room, for those who are about to come.
  local at = short > 0 and freeAt(scope, short) or now + ask.early
  return math.max(at, scope.earliest + place * scope.spacing, now + 1), true
end

-- A call under way ends when it ends, mostly long before its hold: who waits for it looks again.
local function single(scope)
  redis.call('ZREMRANGEBYSCORE', key(scope, 'calls'), '-inf', '(' .. text(now))
  local calls = redis.call('ZRANGE', key(scope, 'calls'), 0, -1, 'WITHSCORES')
  if #calls / 2 < scope.limit then return 0 end
  local mine = { ['1:' .. ask.job] = true }
  for _, job in ipairs(ask.others) do mine['1:' .. job] = true end
  for i = 1, #calls, 2 do
    -- A job that comes again lost the worker that held it: it need not wait for that one's deadline.
    if mine[calls[i]] then
      scope.taken = calls[i]
      return 0
    end
  end
  return math.min(tonumber(calls[2]) + 1, now + ask.look)
end

local until_ = 0
for _, scope in ipairs(ask.scopes) do
  local at
  if scope.start == 'none' then at = single(scope) else at, scope.queues = verdict(scope) end
  until_ = math.max(until_, at)
end

if until_ > 0 then
  for _, scope in ipairs(ask.scopes) do
    if scope.queues then
      local ttl = math.ceil((until_ - now + scope.window) / 1000) + 60000
      redis.call('ZADD', key(scope, 'wait', ask.lane), text(until_), me)
      redis.call('HINCRBY', key(scope, 'many', ask.lane), ask.tenant, 1)
      for _, name in ipairs({ 'wait', 'many' }) do
        if redis.call('PTTL', key(scope, name, ask.lane)) < ttl then redis.call('PEXPIRE', key(scope, name, ask.lane), ttl) end
      end
    end
  end
  return { now, leap, 'WAIT', until_ - now }
end

-- Strictly rising for each connection: it is part of every version that the answer tells.
local observed = math.max(time, last + 1)
redis.call('SET', KEYS[2], text(observed))

local function settle(scope)
  local state, changes = scope.state, {}
  local set = function(name, value) changes[#changes + 1] = name; changes[#changes + 1] = string.format('%.3f', value) end
  -- Each lane below that waits is owed its share of what a higher one is given; what it is given itself pays for it.
  for lane = ask.lane + 1, LANES do
    if redis.call('EXISTS', key(scope, 'wait', lane)) == 1 then
      local most = math.max(5 * scope.cost, ask.shares[lane] * scope.limit)
      set('owed' .. lane, math.min((state['owed' .. lane] or 0) + ask.shares[lane] * scope.cost, most))
    end
  end
  if state['owed' .. ask.lane] then set('owed' .. ask.lane, math.max(0, state['owed' .. ask.lane] - scope.cost)) end
  set('v' .. ask.lane, scope.mine)
  if ask.bulk then set('tat', math.max(state.tat or 0, now) + scope.spacing) end
  if state.left then set('left', state.left - scope.cost) end
  local ttl = math.ceil((ask.hold + scope.window) / 1000) + 60000
  redis.call('HSET', key(scope, 'state'), unpack(changes))
  redis.call('HSET', key(scope, 'served', ask.lane), ask.tenant, string.format('%.3f', scope.mine + scope.cost))
  redis.call('PEXPIRE', key(scope, 'state'), ttl)
  redis.call('PEXPIRE', key(scope, 'served', ask.lane), ttl)
end

local facts = {}
for _, scope in ipairs(ask.scopes) do
  local lasting = scope.start ~= 'none'
  local stays = text(now + ask.hold + scope.window)
  local ttl = math.ceil((ask.hold + scope.window) / 1000) + 60000
  if lasting then settle(scope) end
  if scope.taken then redis.call('ZREM', key(scope, 'calls'), scope.taken) end
  if lasting and ask.lane == 1 then
    redis.call('ZADD', key(scope, 'live'), stays, ask.id)
    redis.call('PEXPIRE', key(scope, 'live'), ttl)
  end
  redis.call('ZADD', key(scope, 'calls'), stays, lasting and text(scope.cost) .. ':' .. ask.id or '1:' .. ask.job)
  redis.call('PEXPIRE', key(scope, 'calls'), ttl)
  facts[#facts + 1] = lasting and scope.cost or 1
  facts[#facts + 1] = lasting and scope.used + scope.cost or 1
end
return { now, leap, 'GRANTED', observed, unpack(facts) }
