-- Exact sliding window of one identity: a sorted set of the admitted request ids, scored by when (ms, Redis's clock).
-- KEYS[1] the set; ARGV: limit, window in ms, request id
-- Returns {1 admitted | 0 denied, remaining, ms now, ms at which one more slot frees}.
local key, limit, window, id = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A stamp later than now means that the clock stepped back: it must not lock its owner out beyond one window.
local future = redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf')
for _, member in ipairs(future) do
  redis.call('ZADD', key, now, member)
end
if #future > 0 then
  redis.call('PEXPIRE', key, window)
end

redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)

local admitted = 0
-- A known id is a retry after a lost reply: charged already, and refused if the limit has been lowered below its rank.
local rank = redis.call('ZRANK', key, id)
if rank then
  if rank < limit then
    admitted = 1
  else
    redis.call('ZREM', key, id)
  end
elseif redis.call('ZCARD', key) < limit then
  redis.call('ZADD', key, now, id)
  redis.call('PEXPIRE', key, window)
  admitted = 1
end

local count = redis.call('ZCARD', key)
-- With a lowered limit more than one stamp must age before a slot frees.
local next_out = math.max(0, count - limit)
local oldest = redis.call('ZRANGE', key, next_out, next_out, 'WITHSCORES')
local reset = now
if oldest[2] then
  reset = tonumber(oldest[2]) + window
end
return {admitted, math.max(0, limit - count), now, reset}
