package dev.promptlab.cache.redis;

import dev.promptlab.cache.CacheUnavailableException;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Popularity;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.ScoredValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Popular inputs in one sorted set of at most 10,000, {@code promptlab:popular}. Instead of letting
 * all counts decay with time, newer requests weigh more (forward decay, Cormode and others, 2009);
 * the scores are logarithms, so that weights may grow for ever. An input that is new to a full set
 * takes the place and the count of the last one (Space-Saving, Metwally and others, 2005), so that
 * it can rise. Thread-safe.
 */
public final class RedisPopularity implements Popularity {
  static final String KEY = "promptlab:popular";
  static final int MOST_INPUTS = 10_000;
  static final Duration TTL = Duration.ofDays(7);

  /** In one ride: so few that the commands they travel with need not wait for them. */
  static final int INPUTS_PER_RIDE = 200;

  static final Duration PAUSE = Duration.ofSeconds(1);
  static final Duration HALF_LIFE = Duration.ofHours(1);
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
  private static final RedisScript COUNT =
      RedisScript.fromResource(RedisPopularity.class, "count-popular.lua");

  private final RedisConnection redis;
  private final Clock clock;
  private final PendingPopularity pending = new PendingPopularity();
  private final AtomicReference<Instant> lastRide = new AtomicReference<>(Instant.EPOCH);

  public RedisPopularity(RedisConnection redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  @Override
  public void count(InputHash hash) {
    pending.add(hash, 1);
  }

  /**
   * Lets what was counted before travel with a pipeline that the caller sends, about once a second.
   *
   * @return what to call if that could not be sent
   */
  public Runnable rideOn(RedisPipeline pipeline) {
    Instant now = clock.instant();
    Instant last = lastRide.get();
    // Either way: the clock may have been set back.
    if (Duration.between(last, now).abs().compareTo(PAUSE) < 0) {
      return () -> {};
    }
    Map<InputHash, Integer> counts = pending.drain(INPUTS_PER_RIDE);
    if (counts.isEmpty()) {
      return () -> {};
    }
    lastRide.set(now);
    pipeline.evaluateSource(COUNT, KEY, arguments(counts, now));
    return () -> counts.forEach(pending::add);
  }

  private static byte[][] arguments(Map<InputHash, Integer> counts, Instant now) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(bytes(Double.toString(age(now))));
    arguments.add(bytes(Integer.toString(MOST_INPUTS)));
    arguments.add(bytes(Long.toString(TTL.toMillis())));
    counts.forEach(
        (hash, requests) -> {
          arguments.add(bytes(hash.hex()));
          arguments.add(bytes(Integer.toString(requests)));
        });
    return arguments.toArray(byte[][]::new);
  }

  @Override
  public Top top(int limit) {
    List<ScoredValue<byte[]>> members;
    try {
      members = redis.call(commands -> commands.zrevrangeWithScores(KEY, 0, limit - 1L));
    } catch (RedisUnavailableException e) {
      throw new CacheUnavailableException(e);
    }
    double now = age(clock.instant());
    StringBuilder scores = new StringBuilder();
    List<Input> inputs = new ArrayList<>();
    for (ScoredValue<byte[]> member : members) {
      String hash = new String(member.getValue(), StandardCharsets.US_ASCII);
      scores.append(hash).append(' ').append(member.getScore()).append('\n');
      inputs.add(new Input(new InputHash(hash), Math.pow(2, member.getScore() - now)));
    }
    return new Top(inputs, sha256(scores.toString()));
  }

  /** In half lives: the logarithm, to the base of 2, of what one request weighs at that time. */
  private static double age(Instant time) {
    return (double) Duration.between(EPOCH, time).toMillis() / HALF_LIFE.toMillis();
  }

  private static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(text));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
