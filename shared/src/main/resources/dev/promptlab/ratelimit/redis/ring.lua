-- Exact sliding window of one identity: the last admissions, oldest first, in a ring inside one string.
-- KEYS[1] the ring; ARGV: limit, window in ms, request id (6 bytes)
-- Returns {1 admitted | 0 denied, remaining, ms now, ms at which one more slot frees}.
--
-- The string: 8 bytes base (ms, Redis's clock), 4 bytes number of the oldest slot, 4 bytes count of slots in use; then
-- the slots: 4 bytes ms since base (up to 49 days; no window is longer), 6 bytes request id. Numbers are big-endian.
-- It grows with use, up to the limit.
local key, limit, window, id = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local HEADER, SLOT, FIRST_CAPACITY, MAX_OFFSET = 16, 10, 8, 4294967295
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local ring = redis.call('GET', key) or ''
local base, head, count = now, 0, 0
if ring ~= '' then
  base, head, count = struct.unpack('>I8I4I4', ring)
end
local capacity = math.max(0, #ring - HEADER) / SLOT

-- How many bytes are before slot i, where 0 is the oldest.
local function place(i)
  return HEADER + SLOT * ((head + i) % capacity)
end

local function stamp(i)
  return base + struct.unpack('>I4', ring, place(i) + 1)
end

-- How many stamps are not later than a moment, by binary search.
local function not_later(moment)
  local low, high = 0, count
  while low < high do
    local middle = math.floor((low + high) / 2)
    if stamp(middle) <= moment then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- The slots from i on, in order.
local function from(i)
  if i == count then
    return ''
  end
  local first, last = place(i) + 1, place(count - 1) + SLOT
  if first < last then
    return string.sub(ring, first, last)
  end
  return string.sub(ring, first) .. string.sub(ring, HEADER + 1, last)
end

-- Writes the ring anew, with these slots.
local function replace(slots, slot_count, ...)
  head, count, capacity = 0, #slots / SLOT, slot_count
  ring = struct.pack('>I8I4I4', base, head, count) .. slots .. string.rep('\0', SLOT * capacity - #slots)
  redis.call('SET', key, ring, ...)
end

-- The slots with their stamps told from another base, and none later than now.
local function rebased(slots, new_base)
  local moved = {}
  for i = 1, #slots, SLOT do
    local at = math.min(now, base + struct.unpack('>I4', slots, i))
    moved[#moved + 1] = struct.pack('>I4', at - new_base) .. string.sub(slots, i + 4, i + SLOT - 1)
  end
  base = new_base
  return table.concat(moved)
end

-- A stamp later than now means that the clock stepped back: it must not lock its owner out beyond one window.
if count > 0 and stamp(count - 1) > now then
  replace(rebased(from(0), math.min(base, now)), capacity, 'PX', window)
end

-- What is a window old counts no more. Its slots are reused by the next admissions: a denial is to write nothing.
local expired = not_later(now - window)
local live = from(expired)
local live_count = count - expired

-- The number of the slot with this id among the live ones.
local function known()
  local at = string.find(live, id, 1, true)
  while at and (at - 1) % SLOT ~= 4 do
    at = string.find(live, id, at + 1, true)
  end
  return at and math.floor(at / SLOT)
end

-- Its rank: by stamp, and within a millisecond by id, as in a sorted set.
local function rank(slot)
  local at = stamp(expired + slot)
  local first, last = not_later(at - 1), not_later(at)
  local own = struct.unpack('>I6', id)
  local before = first - expired
  for i = first, last - 1 do
    if struct.unpack('>I6', ring, place(i) + 5) < own then
      before = before + 1
    end
  end
  return before
end

local admitted, oldest = 0, nil
-- A known id is a retry after a lost reply: charged already, and refused if the limit has been lowered below its rank.
local slot = known()
if slot then
  if rank(slot) < limit then
    admitted = 1
  else
    local all, before = from(0), SLOT * (expired + slot)
    replace(string.sub(all, 1, before) .. string.sub(all, before + SLOT + 1), capacity, 'KEEPTTL')
    live_count = live_count - 1
  end
elseif live_count < limit then
  oldest = live_count > 0 and stamp(expired) or now
  local out_of_range = now - base > MAX_OFFSET
  if out_of_range then
    live = rebased(live, oldest)
  end
  local added = struct.pack('>I4', now - base) .. id
  if live_count == capacity or capacity > limit or out_of_range then
    local grown = live_count == capacity and math.max(FIRST_CAPACITY, 2 * capacity) or capacity
    replace(live .. added, math.min(limit, grown), 'PX', window)
  else
    redis.call('SETRANGE', key, place(count), added)
    redis.call('SETRANGE', key, 8, struct.pack('>I4I4', (head + expired) % capacity, live_count + 1))
    redis.call('PEXPIRE', key, window)
  end
  live_count = live_count + 1
  admitted = 1
end

-- With a lowered limit more than one stamp must age before a slot frees. There is always one: a slot is taken.
oldest = oldest or stamp(expired + math.max(0, live_count - limit))
return {admitted, math.max(0, limit - live_count), now, oldest + window}
