package dev.promptlab.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.jobs.SweepSchedule;
import dev.promptlab.jobs.SweepScheduleContract;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.RunningRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisSweepScheduleIT extends SweepScheduleContract {
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  @Override
  protected SweepSchedule schedule() {
    redis.<Long>call(commands -> commands.del("promptlab:sweep"));
    return new RedisSweepSchedule(redis);
  }

  private static long dueInMillis() {
    String at =
        new String(
            redis.<byte[]>call(commands -> commands.hget("promptlab:sweep", "at")),
            StandardCharsets.US_ASCII);
    return Long.parseLong(at) - System.currentTimeMillis();
  }

  @Test
  void isDue_aMinuteAfterSomethingWasExpected() {
    SweepSchedule schedule = schedule();
    schedule.settle(schedule.read().orElseThrow(), Duration.ofDays(1));
    assertThat(dueInMillis()).isBetween(86_000_000L, 86_400_000L);
    schedule.expect();
    assertThat(dueInMillis()).isBetween(30_000L, 60_000L);
  }

  @Test
  void isUnknown_whileRedisIsGone() {
    SweepSchedule schedule = schedule();
    RUNNING.server().kill();
    try {
      assertThat(schedule.expect()).isFalse();
      assertThat(schedule.read()).isEmpty();
      schedule.settle(new SweepSchedule.Reading(true, "0"), Duration.ofDays(1));
    } finally {
      RUNNING.server().restart();
      LiveRedis.awaitAnswer(redis);
    }
  }
}
