-- Lets the sweeper ask again later, unless somebody has expected something meanwhile.
-- KEYS[1] the schedule, as in expect-sweep.lua; ARGV: the version that was read, how much later (ms).
-- Returns {1 settled | 0 not}.
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then
  return {0}
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]))
return {1}
