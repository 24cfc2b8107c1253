-- What every script of this folder begins with. A bucket is a few keys under one name (a KEY that is given), all of them in one slot:
--   :calls   zset; a member is '<weight>:<permit>', its score the instant (µs) until which the call occupies the bucket
--   :opens   string; the instant from which the bucket may be used. It is there as long as the bucket is known
--   :live    zset; those of the calls that are of the lane `live`
--   :state   hash of the lanes, by the lane's number: v<lane> virtual time of the last grant, owed<lane>; and of the bucket: tat (pace of
--            the bulk lanes), price (of the last call), left and leftUntil (what the provider said)
--   :wait<lane>  zset; who waits, '<tenant>/<place>', and the instant at which they were told to ask again
--   :many<lane>  hash; how many of :wait<lane> are of each tenant
--   :served<lane> hash; virtual time of each tenant
--   :cost:<operation> string; highest price that was seen lately
-- And for all buckets of a provider one hash, its clock: latest and offset (below), leap: the instant at which the last was told.
-- Instants are µs, weights integers: 1 for a call, thousandths for credits.

local function text(number) return string.format('%.0f', number) end

local function number(value) return tonumber(value or 'nil') end

-- Redis' own time (specs give theirs), and the time that permits go by: never back. By how much the clock was set back is added from
-- then on; so a step ahead that only mends it is a step ahead all the same, and whoever did not look meanwhile can tell.
local function clock(given, name)
  local time = redis.call('TIME')
  local own = given or time[1] * 1000000 + time[2]
  local known = redis.call('HMGET', name, 'latest', 'offset')
  local latest, offset = number(known[1]) or 0, number(known[2]) or 0
  if own + offset < latest then offset = latest - own end
  redis.call('HSET', name, 'latest', text(own + offset), 'offset', text(offset))
  return own + offset, own
end
