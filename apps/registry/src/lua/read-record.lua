-- What is held of one record, of a memory that is the one expected.
-- KEYS 1 record hash, 2 epoch, 3 tenant counter
-- ARGV 1 epoch expected, 2 highest counter seen
-- Returns {'REWOUND'} or {'OK', counter, doc, etag, revision, announced, stateSeq, place, announcedPlace, confirmed, buckets}
local memory = redis.call('MGET', KEYS[2], KEYS[3])
local counter = tonumber(memory[2] or '0')
if memory[1] ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local r = redis.call('HMGET', KEYS[1], 'doc', 'etag', 'revision', 'announced', 'stateSeq', 'place', 'announcedPlace', 'confirmed', 'buckets')
return { 'OK', counter, r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9] }
