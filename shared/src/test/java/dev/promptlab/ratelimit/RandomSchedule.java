package dev.promptlab.ratelimit;

import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * What one identity does, at random but the same for the same seed: requests, repeats, refunds and
 * changes of the limit, with the answers of the {@link ReferenceRateLimiter}. After many a denial a
 * request comes a millisecond too early, and one in time.
 */
public final class RandomSchedule {
  /** Of the first schedule; another each time, or {@code -Dschedules.seed}, to see one again. */
  public static final long SEED = Long.getLong("schedules.seed", System.nanoTime());

  private static final long START = 1_700_000_000_000L;
  private static final int[] LIMITS = {1, 2, 3, 5, 8, 9, 17, 40};
  private static final long[] WINDOWS = {
    Duration.ofSeconds(60).toMillis(),
    61_037,
    Duration.ofDays(1).toMillis(),
    Duration.ofDays(30).toMillis()
  };

  private final Random random;
  private final ReferenceRateLimiter reference;
  private final Clock clock;
  private final long window;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private int limit;
  private long now = START;
  private long elapsed;

  /** How time passes between two steps. */
  public enum Clock {
    STEADY,
    STEPPING_BACK,
    STEPPING
  }

  /**
   * One step; times in ms.
   *
   * @param elapsed what has really passed since the start, however the clock was set meanwhile
   * @param now what the clock says
   * @param expected the answer; none to a refund
   * @param charges whether it is admitted and no repeat
   * @param writes whether it changes what is stored
   */
  public record Step(
      long elapsed,
      long now,
      int limit,
      long window,
      String requestId,
      Optional<Answer> expected,
      boolean charges,
      boolean writes) {
    /** Whether it asks for nothing but gives back. */
    public boolean isRefund() {
      return expected.isEmpty();
    }

    /** Whether the clock has been stepped before. */
    public boolean stepped() {
      return now - elapsed != START;
    }
  }

  private RandomSchedule(long seed, Clock clock, ToLongFunction<String> withinMillisecond) {
    this.random = new Random(seed);
    this.clock = clock;
    this.reference = new ReferenceRateLimiter(withinMillisecond);
    this.limit = LIMITS[random.nextInt(LIMITS.length)];
    this.window = WINDOWS[random.nextInt(WINDOWS.length)];
  }

  /** The schedule of a seed, of about {@code length} steps. */
  public static List<Step> of(
      long seed, int length, Clock clock, ToLongFunction<String> withinMillisecond) {
    RandomSchedule schedule = new RandomSchedule(seed, clock, withinMillisecond);
    while (schedule.steps.size() < length) {
      schedule.next();
    }
    return schedule.steps;
  }

  private void next() {
    pass(pause());
    int dice = random.nextInt(100);
    if (dice < 8 && !ids.isEmpty()) {
      refund(someId());
    } else if (dice < 25 && !ids.isEmpty()) {
      request(someId());
    } else {
      if (dice < 31 && clock == Clock.STEADY) {
        limit = LIMITS[random.nextInt(LIMITS.length)];
      }
      Answer answer = request(newId());
      if (!answer.admitted() && random.nextBoolean()) {
        comeBack(answer);
      }
    }
    if (clock != Clock.STEADY && random.nextInt(8) == 0) {
      stepClock();
    }
  }

  /** Too early by a millisecond, then in time. */
  private void comeBack(Answer denied) {
    pass(denied.resetAt() - 1 - now);
    request(newId());
    pass(1);
    request(newId());
  }

  private long pause() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> 0;
      case 4 -> 1;
      case 5, 6, 7 -> random.nextLong(1 + 2 * window / limit);
      case 8 -> random.nextLong(2 * window);
      default -> random.nextInt(10) == 0 ? Duration.ofDays(60).toMillis() : window;
    };
  }

  private void pass(long millis) {
    now += millis;
    elapsed += millis;
  }

  private void stepClock() {
    long by = random.nextLong(2 * window);
    now += clock == Clock.STEPPING && random.nextBoolean() ? by : -by;
  }

  private String newId() {
    String id = "request " + random.nextLong();
    ids.add(id);
    return id;
  }

  private String someId() {
    // Those of late are the likelier ones to count still.
    return ids.get(Math.max(0, ids.size() - 1 - random.nextInt(2 * limit)));
  }

  private Answer request(String id) {
    List<?> before = reference.state();
    Answer answer = reference.check(now, limit, window, id);
    add(id, Optional.of(answer), before);
    return answer;
  }

  private void refund(String id) {
    List<?> before = reference.state();
    reference.refund(id);
    add(id, Optional.empty(), before);
  }

  private void add(String id, Optional<Answer> expected, List<?> before) {
    boolean writes = !reference.state().equals(before);
    boolean charges = expected.isPresent() && reference.charged();
    steps.add(new Step(elapsed, now, limit, window, id, expected, charges, writes));
  }
}
