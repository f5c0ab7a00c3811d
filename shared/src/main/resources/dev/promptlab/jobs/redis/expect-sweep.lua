-- Lets the sweeper ask the database soon, if not earlier.
-- KEYS[1] the schedule: a hash of at (ms, Redis's clock) and version; ARGV[1] how soon (ms). Returns {1}.
local time = redis.call('TIME')
local soon = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local at = redis.call('HGET', KEYS[1], 'at')
if not at or tonumber(at) > soon then
  redis.call('HSET', KEYS[1], 'at', string.format('%.0f', soon))
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
return {1}
