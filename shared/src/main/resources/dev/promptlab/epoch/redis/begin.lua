-- The epoch in force where none was read just now: a fresh one, unless somebody has been quicker.
-- KEYS[1] the epoch; ARGV[1] a fresh token. Returns {token}.
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return {redis.call('GET', KEYS[1])}
