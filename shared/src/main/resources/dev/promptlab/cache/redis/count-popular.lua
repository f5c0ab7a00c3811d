-- Counts requests of inputs, with the weight of their time.
-- KEYS[1] the inputs: a sorted set of hashes, scored by the logarithm (base 2) of the sum of their requests' weights
-- ARGV: logarithm of what a request weighs now, most inputs, time to live (ms); then for each input hash and requests
-- Returns {inputs there are}.
local function log2(x)
  return math.log(x) / math.log(2)
end

-- log2(2^a + 2^b); the powers themselves would be too large for a number.
local function log2_of_sum(a, b)
  local high, low = math.max(a, b), math.min(a, b)
  return high + log2(1 + 2 ^ (low - high))
end

local weight = tonumber(ARGV[1])
local most = tonumber(ARGV[2])
local size = redis.call('ZCARD', KEYS[1])
for i = 4, #ARGV, 2 do
  local score = weight + log2(tonumber(ARGV[i + 1]))
  local old = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if old then
    score = log2_of_sum(tonumber(old), score)
  elseif size < most then
    size = size + 1
  else
    -- In the place of the last one, and on from its count: else what is new could never rise.
    local last = redis.call('ZPOPMIN', KEYS[1])
    score = log2_of_sum(tonumber(last[2]), score)
  end
  redis.call('ZADD', KEYS[1], string.format('%.17g', score), ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {size}
