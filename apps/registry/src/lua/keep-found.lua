-- Notes what was found in one part of a place, unless a later look at it has begun; returns what is known of all of it.
-- KEYS 1 place hash, 2 what was found (hash), 3 conflicts that readers have heard of (hash), 4 epoch
-- ARGV 1 epoch expected, 2 part, 3 look, 4 what was found ('' = nothing), 5.. parts that there are ('*' = all that are known)
-- Returns {'REWOUND'}, {'OVERTAKEN'} or {'OK', revision, found, conflicts}
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return { 'REWOUND' } end
if redis.call('HGET', KEYS[1], 'look:' .. ARGV[2]) ~= ARGV[3] then return { 'OVERTAKEN' } end
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[2]) else redis.call('HSET', KEYS[2], ARGV[2], ARGV[4]) end
if ARGV[5] ~= '*' then
  local is = {}
  for i = 5, #ARGV do is[ARGV[i]] = true end
  for _, part in ipairs(redis.call('HKEYS', KEYS[2])) do
    if not is[part] then redis.call('HDEL', KEYS[2], part) end
  end
end
return { 'OK', redis.call('HINCRBY', KEYS[1], 'revision', 1), redis.call('HVALS', KEYS[2]), redis.call('HVALS', KEYS[3]) }
