package dev.promptlab.jobs.redis;

import dev.promptlab.jobs.JobWaits;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisSubscriptions;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what {@link RedisJobEnds} announces. Who waits is counted under {@code
 * promptlab:waiters}. Thread-safe.
 */
public final class RedisJobWaits implements JobWaits {
  private static final String SEATS = "promptlab:waiters";
  private static final int SEATS_OF_AN_ACCOUNT = 2;

  /** A seat outlives its wait, as Redis's clock and ours are two. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final RedisScript TAKE_SEAT =
      RedisScript.fromResource(RedisJobWaits.class, "take-seat.lua");
  private static final Logger LOG = LoggerFactory.getLogger(RedisJobWaits.class);

  private final RedisConnection redis;
  private final RedisSubscriptions subscriptions;
  private final int seats;

  /**
   * The waits.
   *
   * @param seats how many may wait at a time, in all instances together
   */
  public RedisJobWaits(RedisConnection redis, RedisSubscriptions subscriptions, int seats) {
    this.redis = redis;
    this.subscriptions = subscriptions;
    this.seats = seats;
  }

  @Override
  public Optional<Wait> begin(UUID jobId, String account, String requestId, Duration longest) {
    byte[] seat = (account + " " + requestId).getBytes(StandardCharsets.UTF_8);
    try {
      if (!takeSeat(account, requestId, longest)) {
        return Optional.empty();
      }
      RedisSubscriptions.Subscription end = subscriptions.subscribe(RedisJobEnds.channel(jobId));
      return Optional.of(
          new Wait() {
            @Override
            public void await(Duration atMost) {
              try {
                var _ = end.await(atMost);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }

            @Override
            public void close() {
              end.close();
              leave(seat);
            }
          });
    } catch (RedisUnavailableException e) {
      LOG.warn("Nobody can wait for job {}: {}", jobId, e.getMessage());
      leave(seat);
      return Optional.empty();
    }
  }

  private boolean takeSeat(String account, String requestId, Duration longest) {
    return redis
        .evaluate(
            TAKE_SEAT,
            SEATS,
            account.getBytes(StandardCharsets.UTF_8),
            requestId.getBytes(StandardCharsets.UTF_8),
            bytes(longest.plus(MARGIN).toMillis()),
            bytes(SEATS_OF_AN_ACCOUNT),
            bytes(seats))
        .getFirst()
        .equals(1L);
  }

  private void leave(byte[] seat) {
    redis.sendUnawaited(commands -> commands.zrem(SEATS, seat));
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
