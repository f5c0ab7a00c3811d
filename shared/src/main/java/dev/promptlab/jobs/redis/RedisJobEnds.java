package dev.promptlab.jobs.redis;

import dev.promptlab.jobs.JobEnds;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends of jobs as messages, one channel a job: {@code promptlab:job-ended:<jobId>}. Thread-safe.
 */
public final class RedisJobEnds implements JobEnds {
  private static final String CHANNEL_PREFIX = "promptlab:job-ended:";
  private static final Logger LOG = LoggerFactory.getLogger(RedisJobEnds.class);

  private final RedisConnection redis;

  public RedisJobEnds(RedisConnection redis) {
    this.redis = redis;
  }

  static String channel(UUID jobId) {
    return CHANNEL_PREFIX + jobId;
  }

  @Override
  public void announce(UUID jobId) {
    try {
      redis.call(commands -> commands.publish(channel(jobId), new byte[] {'1'}));
    } catch (RedisUnavailableException e) {
      LOG.warn("The end of job {} was not announced: {}", jobId, e.getMessage());
    }
  }
}
