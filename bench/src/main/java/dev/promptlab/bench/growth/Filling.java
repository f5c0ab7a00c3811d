package dev.promptlab.bench.growth;

import dev.promptlab.bench.inprocess.BenchResults;
import dev.promptlab.bench.inprocess.PatientRedis;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisScript;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Puts identities and results into a Redis, as the functions themselves would, only faster. */
final class Filling implements AutoCloseable {
  static final int OUTPUT_BYTES = 2048;
  private static final Duration BUDGET = Duration.ofSeconds(30);
  private static final int STEP = 1_000;

  /** Copies a value, with its time to live, to other keys. */
  private static final RedisScript COPY =
      RedisScript.of(
          """
          local copied = 0
          for _, key in ipairs(ARGV) do
            copied = copied + redis.call('COPY', KEYS[1], key)
          end
          return {copied}
          """);

  /** As docs/limiter.md says. */
  private static final String IDENTITY_PREFIX = "api-ratelimit:";

  private final RedisConnection redis;

  Filling(URI url) {
    this.redis = PatientRedis.connect(new RedisSettings(url, BUDGET));
  }

  /** Lets each of these identities make so many requests. */
  void identities(RateLimitStore store, RateLimit limit, int identities, int requestsOfEach) {
    RedisRateLimiter limiter = new RedisRateLimiter(redis, store);
    int all = identities * requestsOfEach;
    for (int from = 0; from < all; from += STEP) {
      RedisPipeline pipeline = new RedisPipeline();
      List<RedisReply<RateLimitDecision.Counted>> decisions = new ArrayList<>();
      for (int i = from; i < Math.min(all, from + STEP); i++) {
        decisions.add(
            limiter.check(pipeline, Level.identity(i % identities), limit, "request " + i));
      }
      redis.send(pipeline);
      for (RedisReply<RateLimitDecision.Counted> decision : decisions) {
        if (!(decision.get() instanceof RateLimitDecision.Admitted)) {
          throw new IllegalStateException("not admitted: " + decision.get());
        }
      }
    }
  }

  /** Lets one identity make a request, and copies its window to the others. */
  void identities(RateLimit limit, int identities) {
    identities(RateLimitStore.SORTED_SET, limit, 1, 1);
    copy(
        IDENTITY_PREFIX + Level.identity(0),
        IntStream.range(1, identities).mapToObj(i -> IDENTITY_PREFIX + Level.identity(i)));
  }

  /** Puts results of so many inputs, and copies of them under other keys. */
  void results(int inputs, int results) {
    for (int i = 0; i < inputs; i++) {
      BenchResults.put(redis, i, OUTPUT_BYTES);
    }
    int copiesOfEach = results / inputs - 1;
    for (int i = 0; i < inputs; i++) {
      int first = i * copiesOfEach;
      copy(
          KeyPattern.KEY_PREFIX + BenchResults.hash(i).hex(),
          IntStream.range(first, first + copiesOfEach)
              .mapToObj(number -> KeyPattern.KEY_PREFIX + "%064x".formatted(number)));
    }
  }

  private void copy(String from, Stream<String> to) {
    to.map(key -> key.getBytes(StandardCharsets.US_ASCII))
        .gather(Gatherers.windowFixed(STEP))
        .forEach(
            keys -> {
              List<Object> reply = redis.evaluate(COPY, from, keys.toArray(byte[][]::new));
              if ((Long) reply.getFirst() != keys.size()) {
                throw new IllegalStateException("copied " + reply + " of " + keys.size());
              }
            });
  }

  /** What Redis uses, in bytes, without what it uses for its clients. */
  long usedMemory() {
    String memory = redis.call(commands -> commands.info("memory"));
    return field(memory, "used_memory") - field(memory, "mem_clients_normal");
  }

  private static long field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name));
  }

  /** Empties this Redis. */
  void clear() {
    redis.call(commands -> commands.flushall());
  }

  @Override
  public void close() {
    redis.close();
  }
}
