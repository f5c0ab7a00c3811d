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

-- What is a window old counts no more. It is removed by the next admission only: a denial is to write nothing.
local expired = redis.call('ZCOUNT', key, '-inf', now - window)
local count = redis.call('ZCARD', key) - expired

local admitted = 0
-- A known id is a retry after a lost reply: charged already, and refused if the limit has been lowered below its rank.
local rank = redis.call('ZRANK', key, id)
if rank and rank >= expired then
  if rank - expired < limit then
    admitted = 1
  else
    redis.call('ZREM', key, id)
    count = count - 1
  end
elseif count < limit then
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  redis.call('ZADD', key, now, id)
  redis.call('PEXPIRE', key, window)
  expired = 0
  count = count + 1
  admitted = 1
end

-- With a lowered limit more than one stamp must age before a slot frees. There is always one: a slot is taken.
local next_out = expired + math.max(0, count - limit)
local oldest = redis.call('ZRANGE', key, next_out, next_out, 'WITHSCORES')
return {admitted, math.max(0, limit - count), now, tonumber(oldest[2]) + window}
