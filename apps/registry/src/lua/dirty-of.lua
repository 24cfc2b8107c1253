-- Which of some units wait to be derived, in a memory that is the one expected.
-- KEYS 1 dirty units (sorted set), 2 epoch, 3 tenant counter
-- ARGV 1 epoch expected, 2 highest counter seen, 3.. units
-- Returns {'REWOUND'} or {'OK', counter, unit, ..}
local memory = redis.call('MGET', KEYS[2], KEYS[3])
local counter = tonumber(memory[2] or '0')
if memory[1] ~= ARGV[1] or counter < tonumber(ARGV[2]) then return { 'REWOUND' } end
local found = { 'OK', counter }
for i = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then found[#found + 1] = ARGV[i] end
end
return found
