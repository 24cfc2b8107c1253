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
-- Instants are µs of this Redis' clock, weights integers: 1 for a call, thousandths for credits.

local function text(number) return string.format('%.0f', number) end

local function clock(given)
  if type(given) == 'number' then return given end
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function number(value) return tonumber(value or 'nil') end
