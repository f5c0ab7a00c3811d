-- The epoch in force, and a fresh one where there was none.
-- KEYS[1] the epoch; ARGV[1] a fresh token. Returns {token, now in ms}.
redis.call('SET', KEYS[1], ARGV[1], 'NX')
local time = redis.call('TIME')
return {redis.call('GET', KEYS[1]), time[1] * 1000 + math.floor(time[2] / 1000)}
