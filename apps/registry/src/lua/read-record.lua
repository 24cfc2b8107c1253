-- What is held of one record, and which of its units wait to be derived.
-- KEYS 1 record hash, 2 dirty units (sorted set), 3 epoch, 4 tenant counter
-- ARGV 1 epoch expected, 2 highest counter seen
-- Returns {'REWOUND'} or {'OK', counter, dirty units, doc, etag, revision, announced, stateSeq, place, announcedPlace, confirmed, buckets}
local counter = tonumber(redis.call('GET', KEYS[4]) or '0')
if redis.call('GET', KEYS[3]) ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local r = redis.call('HMGET', KEYS[1], 'doc', 'etag', 'revision', 'announced', 'stateSeq', 'place', 'announcedPlace', 'confirmed', 'buckets')
local dirty = {}
if r[6] then
  for _, unit in ipairs(cjson.decode(r[6]).units) do
    if redis.call('ZSCORE', KEYS[2], unit) then dirty[#dirty + 1] = unit end
  end
end
return { 'OK', counter, dirty, r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9] }
