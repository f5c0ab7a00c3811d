-- A seat for one who waits, unless all or all of the account are taken.
-- KEYS[1] the seats: a sorted set of "<account> <request id>", scored by when (ms, Redis's clock) each is free again
-- ARGV: account, request id, for how long (ms), seats for an account, seats in all. Returns {1 taken | 0 none free}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = redis.call('ZRANGE', KEYS[1], 0, -1)
local prefix = ARGV[1] .. ' '
local own = 0
for _, seat in ipairs(taken) do
  if string.sub(seat, 1, #prefix) == prefix then
    own = own + 1
  end
end
if #taken >= tonumber(ARGV[5]) or own >= tonumber(ARGV[4]) then
  return {0}
end
redis.call('ZADD', KEYS[1], now + ARGV[3], prefix .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], 60000)
return {1}
