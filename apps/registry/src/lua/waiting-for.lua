-- Of records of a place, those that stand in a bucket that is still to be looked at because of a fact: what is known of them is not all.
-- KEYS 1 place hash, 2 touches of buckets (hash)
-- ARGV 1 revision of the place that was kept, 2 prefix of record keys, 3 buckets that this look has read (JSON list), 4.. names of records
-- Returns {'OVERTAKEN'} where somebody has kept more since, or {'OK', names}
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return { 'OVERTAKEN' } end
local seen, names = {}, {}
for _, bucket in ipairs(cjson.decode(ARGV[3])) do seen[bucket] = true end
for i = 4, #ARGV do
  for _, bucket in ipairs(cjson.decode(redis.call('HGET', ARGV[2] .. ARGV[i], 'buckets') or '[]')) do
    -- '0': nothing but the hour has called for that look.
    local touch = not seen[bucket] and redis.call('HGET', KEYS[2], bucket)
    if touch and touch ~= '0' then
      names[#names + 1] = ARGV[i]
      break
    end
  end
end
return { 'OK', names }
