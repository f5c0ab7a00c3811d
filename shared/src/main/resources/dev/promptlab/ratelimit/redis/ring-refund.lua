-- Gives back what a request was charged. KEYS[1] the ring, as ring.lua makes it; ARGV: request id (6 bytes).
-- Returns 1, or 0 if it was not charged.
local key, id = KEYS[1], ARGV[1]
local HEADER, SLOT = 16, 10
local ring = redis.call('GET', key)
if not ring then
  return 0
end
local base, head, count = struct.unpack('>I8I4I4', ring)
local capacity = (#ring - HEADER) / SLOT

local kept = {}
for i = 0, count - 1 do
  local place = HEADER + SLOT * ((head + i) % capacity)
  local slot = string.sub(ring, place + 1, place + SLOT)
  if string.sub(slot, 5) ~= id then
    kept[#kept + 1] = slot
  end
end
if #kept == count then
  return 0
end
if #kept == 0 then
  return redis.call('DEL', key)
end
local header = struct.pack('>I8I4I4', base, 0, #kept)
redis.call('SET', key, header .. table.concat(kept) .. string.rep('\0', SLOT * (capacity - #kept)), 'KEEPTTL')
return 1
