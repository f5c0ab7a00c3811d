-- Sets a result unless that of a younger job is there.
-- KEYS[1] the entry; ARGV: entry, its job's creation time (ms), time to live (ms), format bytes known to the writer
-- An entry: format byte, creation time (8 bytes, big-endian), content. Returns {1 set | 0 kept}.
local old = redis.call('GETRANGE', KEYS[1], 0, 8)
if #old == 9 and string.find(ARGV[4], string.sub(old, 1, 1), 1, true) then
  local created = 0
  for i = 2, 9 do
    created = created * 256 + string.byte(old, i)
  end
  if created > tonumber(ARGV[2]) then
    return {0}
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return {1}
