-- Gives back what a request was charged. KEYS[1] the set; ARGV: request id. Returns 1, or 0 if it was not charged.
return redis.call('ZREM', KEYS[1], ARGV[1])
