-- A turn for one call of a provider, unless as many as are wanted are being made.
-- KEYS[1] the calls: a sorted set of names, scored by when (ms, Redis's clock) each is over at the latest
-- ARGV: the call, for how long at most (ms), how many at a time. Returns {1 taken | 0 none free}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return {0}
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2])
return {1}
