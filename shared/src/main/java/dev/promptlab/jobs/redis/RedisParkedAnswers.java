package dev.promptlab.jobs.redis;

import dev.promptlab.jobs.PaidAnswer;
import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.json.CompactJson;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parked answers in Redis, one key a job: {@code promptlab:parked:<jobId>}. Its value is a format
 * byte and {@link CompactJson}, whose bound is also that of an answer. Thread-safe.
 */
public final class RedisParkedAnswers implements ParkedAnswers {
  private static final String KEY_PREFIX = "promptlab:parked:";
  private static final Logger LOG = LoggerFactory.getLogger(RedisParkedAnswers.class);

  private final RedisConnection redis;
  private final Duration timeToLive;

  /**
   * The parked answers.
   *
   * @param redis that of the cache: like results, they may fill it, and may be lost
   * @param timeToLive of each; longer than any job's deadline
   */
  public RedisParkedAnswers(RedisConnection redis, Duration timeToLive) {
    this.redis = redis;
    this.timeToLive = timeToLive;
  }

  @Override
  public void park(UUID jobId, PaidAnswer answer) {
    CompactJson json;
    try {
      json = CompactJson.of(answer);
    } catch (IllegalArgumentException e) {
      LOG.warn("The answer for job {} was not parked: it has {}", jobId, e.getMessage());
      return;
    }
    byte[] entry =
        ByteBuffer.allocate(1 + json.body().length).put(json.format()).put(json.body()).array();
    @Nullable String done =
        openly(
            jobId,
            "parked",
            () ->
                redis.<@Nullable String>call(
                    commands -> commands.set(key(jobId), entry, SetArgs.Builder.px(timeToLive))));
    if (done != null) {
      LOG.warn("The answer for job {} is parked until its next claim", jobId);
    }
  }

  @Override
  public Optional<PaidAnswer> find(UUID jobId) {
    byte @Nullable [] entry =
        openly(
            jobId,
            "looked for",
            () -> redis.<byte @Nullable []>call(commands -> commands.get(key(jobId))));
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(decoded(entry));
    } catch (IOException e) {
      // Not its own words: they may hold the answer's.
      LOG.warn("The parked answer for job {} is unreadable", jobId);
      return Optional.empty();
    }
  }

  private static PaidAnswer decoded(byte[] entry) throws IOException {
    if (entry.length == 0) {
      throw new IOException("empty");
    }
    return CompactJson.read(entry[0], Arrays.copyOfRange(entry, 1, entry.length), PaidAnswer.class);
  }

  @Override
  public void delete(UUID jobId) {
    openly(
        jobId,
        "deleted",
        () -> redis.<@Nullable Long>call(commands -> commands.unlink(key(jobId))));
  }

  private static <T> @Nullable T openly(UUID jobId, String what, Supplier<@Nullable T> call) {
    try {
      return call.get();
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel())
          .log("An answer for job {} was not {}: {}", jobId, what, e.getMessage());
      return null;
    }
  }

  private static String key(UUID jobId) {
    return KEY_PREFIX + jobId;
  }
}
