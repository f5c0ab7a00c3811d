package dev.promptlab.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.jobs.ParkedAnswersContract;
import dev.promptlab.json.CompactJson;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.RunningRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisParkedAnswersIT extends ParkedAnswersContract {
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(12);
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  @Override
  protected ParkedAnswers parked() {
    return new RedisParkedAnswers(redis, TIME_TO_LIVE);
  }

  private static String key(UUID jobId) {
    return "promptlab:parked:" + jobId;
  }

  @Test
  void keepsAnAnswerForATimeOnly() {
    UUID jobId = UUID.randomUUID();
    parked().park(jobId, answer("x"));
    assertThat(redis.<Long>call(commands -> commands.pttl(key(jobId))))
        .isPositive()
        .isLessThanOrEqualTo(TIME_TO_LIVE.toMillis());
  }

  @Test
  void findsNothing_whereAnEntryIsUnreadable() {
    for (String entry : new String[] {"", "\u0001", "\u0001{}", "\u0002{}", "\u0009{}"}) {
      UUID jobId = UUID.randomUUID();
      redis.call(commands -> commands.set(key(jobId), entry.getBytes(StandardCharsets.ISO_8859_1)));
      assertThat(parked().find(jobId)).as(entry).isEmpty();
    }
  }

  @Test
  void parksNothingThatIsLargerThanItsBound() {
    UUID jobId = UUID.randomUUID();
    parked().park(jobId, answer("x".repeat(CompactJson.MAX_BYTES)));
    assertThat(redis.<Long>call(commands -> commands.exists(key(jobId)))).isZero();
  }

  @Test
  void goesOnWithout_whileRedisIsGone() {
    UUID jobId = UUID.randomUUID();
    LocalRedis other = LocalRedis.start(Optional.empty());
    try (RedisConnection gone = LiveRedis.connect(other.url())) {
      other.kill();
      ParkedAnswers nowhere = new RedisParkedAnswers(gone, TIME_TO_LIVE);
      nowhere.park(jobId, answer("x"));
      assertThat(nowhere.find(jobId)).isEmpty();
      nowhere.delete(jobId);
    } finally {
      other.close();
    }
  }
}
