-- Runs a limiter's scripts, which are put in below, in a time that the steps tell.
-- KEYS[1] a key for the time being; ARGV: the steps, 26 bytes each: limit (0: a refund), now, window, request id.
-- Returns for each 36 bytes: the answer's four numbers, whether something was written, the key's PTTL.
local real, clock = redis, 0
local redis = {call = function(command, ...)
  if command == 'TIME' then
    local seconds = math.floor(clock / 1000)
    return {string.format('%d', seconds), string.format('%d', (clock - 1000 * seconds) * 1000)}
  end
  return real.call(command, ...)
end}
local function check(KEYS, ARGV)
-- CHECK
end
local function refund(KEYS, ARGV)
-- REFUND
end

-- What is stored, and until when.
local function state(key)
  return (real.call('DUMP', key) or '') .. real.call('PEXPIRETIME', key)
end

local key, steps, answers = KEYS[1], ARGV[1], {}
local before = state(key)
for i = 1, #steps, 26 do
  local limit, now, window, id = struct.unpack('>I4I8I8c6', steps, i)
  clock = now
  local answer = {0, 0, 0, 0}
  if limit == 0 then
    refund({key}, {id})
  else
    answer = check({key}, {tostring(limit), string.format('%d', window), id})
  end
  local after = state(key)
  answers[#answers + 1] = struct.pack('>I4I4I8I8I4i8', answer[1], answer[2], answer[3], answer[4],
    before == after and 0 or 1, real.call('PTTL', key))
  before = after
end
real.call('DEL', key)
return {table.concat(answers)}
