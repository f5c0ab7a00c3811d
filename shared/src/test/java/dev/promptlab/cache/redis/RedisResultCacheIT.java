package dev.promptlab.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.observability.PendingCounts;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.RunningRedis;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisResultCacheIT extends ResultCacheContract {
  private static final PendingCounts METRICS = new PendingCounts();
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  @Override
  protected ResultCache cache() {
    return new RedisResultCache(redis, clock(), new SecureRandom(), METRICS);
  }

  @Override
  protected Clock clock() {
    return Clock.systemUTC();
  }

  private static String key(InputHash hash) {
    return "gen:job:hash:" + hash;
  }

  @Test
  void expiresUpToATenthEarlier_neverLater_andNotAllTogether() {
    Instant now = Instant.now();
    long[] ends =
        IntStream.range(0, 1_000)
            .mapToLong(
                i -> {
                  CachedResult result = result(hash(), "x", now, Duration.ofHours(1));
                  cache().set(result);
                  return redis.<Long>call(
                      commands -> commands.pexpiretime(key(result.inputHash())));
                })
            .toArray();
    long end = now.plus(Duration.ofHours(1)).toEpochMilli();
    assertThat(LongStream.of(ends).max().orElseThrow()).isLessThanOrEqualTo(end);
    // The time in which they are all written is short against a tenth of their life.
    Map<Long, Long> perMinute =
        LongStream.of(ends)
            .boxed()
            .collect(Collectors.groupingBy(at -> (end - at) / 60_000, Collectors.counting()));
    assertThat(perMinute.keySet()).allMatch(minute -> minute <= 6);
    // A sixth each, if all are equally likely.
    assertThat(perMinute.values()).allMatch(count -> count < 250);
  }

  @Test
  void missesAndDeletes_whenAnEntryIsUnreadable() {
    InputHash hash = hash();
    redis.call(
        commands -> commands.set(key(hash), "something else".getBytes(StandardCharsets.UTF_8)));
    METRICS.drain();
    assertThat(cache().get(hash)).isEmpty();
    assertThat(cache().exists(hash)).isFalse();
    assertThat(METRICS.drain()).containsExactly(Map.entry("cache_errors_total", 1L));
  }

  @Test
  void isNotFilled_whileRedisIsKnownNotToAnswer() {
    CachedResult result = result(hash(), "x", Instant.now(), Duration.ofHours(1));
    try (RedisConnection hasty =
        new RedisConnection(
            new RedisSettings(RUNNING.server().url(), Duration.ofMillis(300)), Clock.systemUTC())) {
      LiveRedis.awaitAnswer(hasty);
      ResultCache cache = new RedisResultCache(hasty, clock(), new SecureRandom(), METRICS);
      RUNNING.server().suspend();
      try {
        assertThat(cache.get(result.inputHash())).isEmpty();
        cache.fill(result);
      } finally {
        RUNNING.server().resume();
      }
      LiveRedis.awaitAnswer(hasty);
      assertThat(cache().exists(result.inputHash())).as("nothing was sent").isFalse();
      cache.fill(result);
      assertThat(cache().exists(result.inputHash())).isTrue();
    }
  }

  @Test
  void leavesKeysAloneThatAreNotItsOwn_whateverThePattern() {
    redis.call(commands -> commands.set("gen:job:other", new byte[] {1}));
    cache().deleteMatching(KeyPattern.everything(), Duration.ofSeconds(10));
    cache().deleteMatching(new KeyPattern("gen:job:*"), Duration.ofSeconds(10));
    assertThat(redis.<Long>call(commands -> commands.exists("gen:job:other"))).isEqualTo(1);
  }

  @Test
  void deletesThousands_inSteps() {
    List<InputHash> hashes = IntStream.range(0, 3_000).mapToObj(_ -> hash()).toList();
    hashes.forEach(hash -> cache().set(result(hash, "x", Instant.now(), Duration.ofHours(1))));
    cache().deleteMatching(KeyPattern.everything(), Duration.ofSeconds(20));
    assertThat(hashes).noneMatch(cache()::exists);
  }

  @Test
  void missesAndDeletes_whenAnEntryIsThatOfAnotherInput() {
    InputHash hash = hash();
    CachedResult other = result(hash(), "x", Instant.now(), Duration.ofHours(1));
    redis.call(commands -> commands.set(key(hash), EntryFormat.encode(other)));
    assertThat(cache().get(hash)).isEmpty();
    assertThat(cache().exists(hash)).isFalse();
  }

  @Test
  void replacesAnEntryOfAnotherFormat() {
    CachedResult result = result(hash(), "x", Instant.now(), Duration.ofHours(1));
    redis.call(
        commands ->
            commands.set(
                key(result.inputHash()), "zzzzzzzzzzzzzz".getBytes(StandardCharsets.UTF_8)));
    cache().set(result);
    assertThat(cache().get(result.inputHash())).contains(result);
  }
}
