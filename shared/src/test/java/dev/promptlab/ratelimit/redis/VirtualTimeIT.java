package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.RandomSchedule;
import dev.promptlab.ratelimit.RandomSchedule.Clock;
import dev.promptlab.ratelimit.RandomSchedule.Step;
import dev.promptlab.ratelimit.ReferenceRateLimiter;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import dev.promptlab.ratelimit.redis.VirtualTime.Outcome;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.RunningRedis;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each store gives the answers of the reference, whose exactness {@code ReferenceRateLimiterTest}
 * shows; and writes when it is to write, and never leaves a key without a time to live.
 */
final class VirtualTimeIT {
  private static final long NO_KEY = -2;

  /** Between a step and the look at it real time passes. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  @ParameterizedTest
  @CsvSource({"STEADY, 10000", "STEPPING_BACK, 1000", "STEPPING, 1000"})
  void answersAsTheReference_whateverComes(Clock clock, int schedules) {
    Map<RateLimitStore, VirtualTime> stores = new EnumMap<>(RateLimitStore.class);
    for (RateLimitStore store : RateLimitStore.values()) {
      stores.put(store, new VirtualTime(redis, store));
    }
    IntStream.range(0, schedules)
        .parallel()
        .forEach(
            i -> {
              long seed = RandomSchedule.SEED + i;
              List<Step> steps = RandomSchedule.of(seed, length(seed), clock, VirtualTimeIT::place);
              stores.forEach(
                  (store, time) ->
                      verify(store + ", " + clock + ", -Dschedules.seed=" + seed, time, steps));
            });
  }

  /** Most are short, since time is; some are long enough for the higher limits. */
  private static int length(long seed) {
    return Math.floorMod(seed, 20) == 0 ? 80 : 12;
  }

  /** Redis orders the ids of one millisecond by their bytes. */
  private static long place(String requestId) {
    return new BigInteger(1, RedisRateLimiter.shortened(requestId)).longValueExact();
  }

  private static void verify(String run, VirtualTime time, List<Step> steps) {
    List<Outcome> outcomes = time.run(steps);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      Answer answer = step.expected().orElse(new Answer(false, 0, 0, 0));
      long ttl = outcomes.get(i).ttl();
      Outcome expected = new Outcome(answer, step.writes(), ttl);
      // To describe each of so many steps would take longer than to run them.
      if (!outcomes.get(i).equals(expected)) {
        assertThat(outcomes.get(i)).as("%s, step %d: %s", run, i, step).isEqualTo(expected);
      }
      if (ttl != NO_KEY && ttl < leastTtl(step)) {
        assertThat(ttl).as("%s, step %d: %s", run, i, step).isGreaterThanOrEqualTo(leastTtl(step));
      }
    }
  }

  /** A charge, or stamps that were moved since the clock stepped back, are kept for a window. */
  private static long leastTtl(Step step) {
    boolean renewed = step.charges() || (step.writes() && step.stepped() && !step.isRefund());
    return renewed ? step.window() - PATIENCE.toMillis() : 1;
  }

  /** Bursts at the end of a window of the clock, then asks for one more all the time. */
  @ParameterizedTest
  @EnumSource(RateLimitStore.class)
  void admitsNoMoreThanTheLimit_whoeverBurstsAtAWindowsEndAndThenPolls(RateLimitStore store) {
    int limit = 100;
    long window = 60_000;
    long edge = 28_333_334 * window;
    List<Long> asked = new ArrayList<>();
    LongStream.range(0, 200).map(_ -> edge - 1).forEach(asked::add);
    LongStream.range(0, 1_250).map(i -> edge + 100L * i).forEach(asked::add);

    List<Long> admitted =
        new VirtualTime(redis, store)
            .run(requests(asked, limit, window)).stream()
                .map(Outcome::answer)
                .filter(Answer::admitted)
                .map(Answer::now)
                .toList();
    assertThat(mostInAnyWindow(admitted, window)).isEqualTo(limit);
    // What the adversary is good for: a counter per window of the clock admits twice the limit.
    assertThat(mostInAnyWindow(admittedByFixedWindows(asked, limit, window), window))
        .isEqualTo(2L * limit);
  }

  private static List<Step> requests(List<Long> asked, int limit, long window) {
    ReferenceRateLimiter reference = new ReferenceRateLimiter(VirtualTimeIT::place);
    List<Step> steps = new ArrayList<>();
    for (long at : asked) {
      String id = "request " + steps.size();
      Answer expected = reference.check(at, limit, window, id);
      steps.add(
          new Step(
              at,
              at,
              limit,
              window,
              id,
              Optional.of(expected),
              expected.admitted(),
              expected.admitted()));
    }
    return steps;
  }

  private static List<Long> admittedByFixedWindows(List<Long> asked, int limit, long window) {
    Map<Long, Integer> counts = new HashMap<>();
    return asked.stream()
        .filter(at -> counts.merge(at / window, 1, Integer::sum) <= limit)
        .toList();
  }

  private static long mostInAnyWindow(List<Long> admitted, long window) {
    return admitted.stream()
        .mapToLong(end -> admitted.stream().filter(at -> at > end - window && at <= end).count())
        .max()
        .orElse(0);
  }
}
