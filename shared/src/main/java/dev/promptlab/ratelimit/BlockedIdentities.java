package dev.promptlab.ratelimit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who is known to be over their limit: refused without asking the store until a slot frees, for a
 * second at most at a time, so that a raised limit or an emptied store is soon seen. Thread-safe.
 */
public final class BlockedIdentities {
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final int MAX_ENTRIES = 10_000;

  private final Clock clock;
  private final Map<Key, Block> blocks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Block> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  /** With its limit: one that is changed is asked for anew. */
  private record Key(String identity, RateLimit limit) {}

  /**
   * What is known.
   *
   * @param since when it was learnt
   * @param until when the store has to be asked again
   * @param frees when a slot frees, not too early
   */
  private record Block(Instant since, Instant until, Instant frees, Instant resetAt) {
    boolean holds(Instant now) {
      // Not before it began: the clock has stepped back then.
      return !now.isBefore(since) && now.isBefore(until);
    }
  }

  public BlockedIdentities(Clock clock) {
    this.clock = clock;
  }

  /** The refusal, if the store need not be asked for it. */
  public synchronized Optional<RateLimitDecision.Denied> find(String identity, RateLimit limit) {
    Instant now = clock.instant();
    return Optional.ofNullable(blocks.get(new Key(identity, limit)))
        .filter(block -> block.holds(now))
        .map(
            block ->
                new RateLimitDecision.Denied(
                    limit, block.resetAt(), wholeMillis(Duration.between(now, block.frees()))));
  }

  /** Rounded up: whoever waits that long waits long enough. */
  private static Duration wholeMillis(Duration duration) {
    return Duration.ofMillis(Math.ceilDiv(duration.toNanos(), 1_000_000L));
  }

  /**
   * Remembers a refusal of the store.
   *
   * @param askedAt before the store was asked: by its clock the slot frees no earlier
   */
  public synchronized void add(
      String identity, Instant askedAt, RateLimitDecision.Denied decision) {
    Instant now = clock.instant();
    Duration left = decision.untilReset();
    Instant until = askedAt.plus(left.compareTo(LONGEST) < 0 ? left : LONGEST);
    blocks.put(
        new Key(identity, decision.limit()),
        new Block(now, until, now.plus(left), decision.resetAt()));
  }
}
