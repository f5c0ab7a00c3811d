package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRedisIT {
  private static @Nullable String on(
      LocalRedis redis, Function<RedisCommands<String, String>, @Nullable String> work) {
    RedisURI uri = RedisURI.create(redis.url());
    uri.setTimeout(Duration.ofMillis(500));
    try (RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return work.apply(connection.sync());
    }
  }

  @Test
  void keepsNothingAndEvictsNothing_withoutADataFolder() {
    try (LocalRedis redis = LocalRedis.start(Optional.empty())) {
      assertThat(on(redis, it -> it.set("a", "1"))).isEqualTo("OK");
      assertThat(on(redis, it -> it.configGet("maxmemory-policy").get("maxmemory-policy")))
          .isEqualTo("noeviction");
      assertThat(on(redis, it -> it.configGet("save").get("save"))).isEqualTo("");

      redis.restart();

      assertThat(on(redis, it -> it.get("a"))).isNull();
    }
  }

  @Test
  void listensOnLoopbackOnly() {
    try (LocalRedis redis = LocalRedis.start(Optional.empty())) {
      assertThat(on(redis, it -> it.configGet("bind").get("bind"))).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void keepsItsData_inADataFolder(@TempDir Path data) {
    try (LocalRedis redis = LocalRedis.start(Optional.of(data))) {
      on(redis, it -> it.set("a", "1"));
    }
    try (LocalRedis redis = LocalRedis.start(Optional.of(data))) {
      assertThat(on(redis, it -> it.get("a"))).isEqualTo("1");
    }
  }

  @Test
  void comesBackOnTheSamePort_whenItWasKilled() {
    try (LocalRedis redis = LocalRedis.start(Optional.empty())) {
      int port = redis.port();
      redis.kill();
      assertThatThrownBy(() -> on(redis, it -> it.ping()))
          .isInstanceOf(RedisConnectionException.class);

      redis.restart();

      assertThat(redis.port()).isEqualTo(port);
      assertThat(on(redis, it -> it.ping())).isEqualTo("PONG");
    }
  }

  @Test
  void answersNothing_whileItIsSuspended() {
    try (LocalRedis redis = LocalRedis.start(Optional.empty())) {
      on(redis, it -> it.set("a", "1"));
      on(
          redis,
          it -> {
            redis.suspend();
            assertThatThrownBy(() -> it.get("a")).isInstanceOf(RedisCommandTimeoutException.class);
            redis.resume();
            assertThat(it.get("a")).isEqualTo("1");
            return null;
          });
    }
  }

  @Test
  void stopsAtOnce_whenItIsSuspended() {
    LocalRedis redis = LocalRedis.start(Optional.empty());
    redis.suspend();

    redis.close();
    redis.close();

    assertThatThrownBy(redis::restart).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void runsBesideAnother() {
    try (LocalRedis one = LocalRedis.start(Optional.empty());
        LocalRedis two = LocalRedis.start(Optional.empty())) {
      on(one, it -> it.set("a", "1"));

      assertThat(on(two, it -> it.get("a"))).isNull();
    }
  }

  @Test
  void refusesADataFolder_thatAnotherUses(@TempDir Path data) {
    try (LocalRedis redis = LocalRedis.start(Optional.of(data))) {
      assertThatThrownBy(() -> LocalRedis.start(Optional.of(data)))
          .isInstanceOf(LocalServicesException.class)
          .hasMessageContaining(data.toString())
          .hasMessageContaining("in use by another PromptLab");
      assertThat(on(redis, it -> it.ping())).isEqualTo("PONG");
    }
  }

  @Test
  void refusesADataFolder_thatIsAFile(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> LocalRedis.start(Optional.of(file)))
        .isInstanceOf(LocalServicesException.class)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("\n");
  }
}
