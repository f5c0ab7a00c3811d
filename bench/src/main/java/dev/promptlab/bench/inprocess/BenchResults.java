package dev.promptlab.bench.inprocess;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.redis.RedisConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Results of jobs that never ran, in the cache as the worker would have put them there. */
public final class BenchResults {
  /** The first template of every database; its results are shared. */
  public static final String TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";

  private static final int VERSION = 1;
  private static final int INPUT_CHARACTERS = 200;

  /** Longer than any measurement. */
  private static final Duration LIFE = Duration.ofHours(2);

  /** Some of the commonest of English, and some that texts on software have. */
  private static final String[] WORDS =
      """
      the of and to in a is that it for was on are as with be at by this have from or one had but not what all were \
      when we there can an your which their said if do will each about how up out them then she many some so these \
      would other into has more her two like him see time could no make than first been its who now people my made \
      over did down only way find use may water long little very after words called just where most know request \
      answer cache limit account template provider result window server customer invoice contract delivery payment \
      support department summary paragraph sentence conclusion recommendation improvement measurement\
      """
          .split(" ");

  private BenchResults() {}

  /** The input with this number. */
  public static String input(int number) {
    return "Input %d: ".formatted(number) + text(number, INPUT_CHARACTERS);
  }

  /** Puts the result of an input into a Redis. */
  public static void put(RedisConnection redis, int number, int outputBytes) {
    RedisResultCache cache =
        new RedisResultCache(redis, Clock.systemUTC(), new Random(number), EmbeddedMetrics.none());
    if (!cache.set(result(number, outputBytes))) {
      throw new IllegalStateException("the result was not stored");
    }
  }

  /** Under which an input's result stands. */
  public static InputHash hash(int number) {
    return InputHash.of(
        Optional.empty(),
        TEMPLATE,
        VERSION,
        Provider.ANTHROPIC,
        GenerationInput.text(input(number)));
  }

  private static CachedResult result(int number, int outputBytes) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return new CachedResult(
        new UUID(number, number),
        hash(number),
        "bench-0",
        TEMPLATE,
        VERSION,
        Provider.ANTHROPIC,
        new Generation(
            "claude-haiku-4-5",
            text(number, outputBytes),
            FinishReason.STOP,
            new TokenUsage(INPUT_CHARACTERS / 4, outputBytes / 4)),
        new UsdAmount(1_000_000),
        1,
        now,
        now,
        now,
        now.plus(LIFE));
  }

  /** A text of this many bytes; it is compressed to about a third, as English is. */
  static String text(int seed, int bytes) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      // Early words are commoner, as in any language.
      double skewed = Math.pow(random.nextDouble(), 2);
      text.append(WORDS[(int) (skewed * WORDS.length)]).append(' ');
    }
    return text.substring(0, bytes);
  }
}
