-- KEYS[1] the schedule, as in expect-sweep.lua. Returns {1 due | 0 not yet, version}.
local at = redis.call('HGET', KEYS[1], 'at')
local time = redis.call('TIME')
local due = not at or tonumber(at) <= time[1] * 1000 + math.floor(time[2] / 1000)
return {due and 1 or 0, redis.call('HGET', KEYS[1], 'version') or '0'}
