package dev.promptlab.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.cache.CacheUnavailableException;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.PopularityContract;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.testing.LiveRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RedisPopularityIT extends PopularityContract {
  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final RedisConnection redis = LiveRedis.connect(server.url());
  private final RedisPopularity popularity = new RedisPopularity(redis, clock);

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  @Override
  protected Popularity popularity() {
    return popularity;
  }

  @Override
  protected void arrive() {
    clock.advance(RedisPopularity.PAUSE);
    ride();
  }

  private Runnable ride() {
    RedisPipeline pipeline = new RedisPipeline();
    pipeline.get("any");
    Runnable restore = popularity.rideOn(pipeline);
    redis.send(pipeline);
    return restore;
  }

  private List<InputHash> fill(int inputs) {
    List<InputHash> all = new ArrayList<>();
    while (all.size() < inputs) {
      for (int i = 0; i < RedisPopularity.INPUTS_PER_RIDE; i++) {
        InputHash hash = ResultCacheContract.hash();
        all.add(hash);
        // More than once: so that what is new is not ahead by its age alone.
        popularity.count(hash);
        popularity.count(hash);
      }
      arrive();
    }
    return all;
  }

  @Test
  void keepsTenThousand_andLetsWhatIsNewRise() {
    List<InputHash> old = fill(RedisPopularity.MOST_INPUTS);
    for (int i = 0; i < 5; i++) {
      popularity.count(old.getFirst());
    }
    arrive();
    InputHash risen = ResultCacheContract.hash();
    for (int i = 0; i < 8; i++) {
      popularity.count(risen);
      arrive();
      popularity.count(ResultCacheContract.hash());
      arrive();
    }
    long inputs = redis.call(commands -> commands.zcard(RedisPopularity.KEY));
    assertThat(inputs).isEqualTo(RedisPopularity.MOST_INPUTS);
    long bytes = redis.call(commands -> commands.memoryUsage(RedisPopularity.KEY));
    assertThat(bytes).isLessThan(2_500_000);
    assertThat(popularity.top(2).inputs())
        .extracting(Popularity.Input::hash)
        .containsExactly(risen, old.getFirst());
  }

  @Test
  void keepsOneKey_thatExpires() {
    popularity.count(ResultCacheContract.hash());
    arrive();
    List<String> keys = redis.call(commands -> commands.keys("*"));
    assertThat(keys).containsExactly(RedisPopularity.KEY);
    long ttl = redis.call(commands -> commands.ttl(RedisPopularity.KEY));
    assertThat(ttl)
        .isBetween(RedisPopularity.TTL.toSeconds() - 60, RedisPopularity.TTL.toSeconds());
  }

  @Test
  void ridesAtMostOnceASecond_andWithAFewOnly() {
    InputHash first = ResultCacheContract.hash();
    popularity.count(first);
    ride();
    popularity.count(first);
    ride();
    assertThat(popularity.top(1).inputs().getFirst().requests()).isEqualTo(1);
    for (int i = 0; i < RedisPopularity.INPUTS_PER_RIDE; i++) {
      popularity.count(ResultCacheContract.hash());
    }
    arrive();
    assertThat(popularity.top(1_000).inputs()).hasSize(RedisPopularity.INPUTS_PER_RIDE);
    arrive();
    assertThat(popularity.top(1_000).inputs()).hasSize(RedisPopularity.INPUTS_PER_RIDE + 1);
  }

  @Test
  void keepsAThousandAtMost_untilTheyCanTravel() {
    InputHash first = ResultCacheContract.hash();
    popularity.count(first);
    for (int i = 0; i < 2_000; i++) {
      popularity.count(ResultCacheContract.hash());
    }
    popularity.count(first);
    for (int i = 0; i < 10; i++) {
      arrive();
    }
    Popularity.Top top = popularity.top(5_000);
    assertThat(top.inputs()).hasSize(1_000);
    assertThat(top.inputs().getFirst().hash()).isEqualTo(first);
  }

  @Test
  void keepsWhatCouldNotBeSent() {
    InputHash hash = ResultCacheContract.hash();
    popularity.count(hash);
    Runnable restore = popularity.rideOn(new RedisPipeline());
    restore.run();
    arrive();
    assertThat(popularity.top(1).inputs()).extracting(Popularity.Input::hash).containsExactly(hash);
  }

  @Test
  void takesOneRoundTrip_whenRedisDoesNotKnowTheScript() {
    redis.call(commands -> commands.scriptFlush());
    popularity.count(ResultCacheContract.hash());
    arrive();
    assertThat(popularity.top(10).inputs()).hasSize(1);
    String errors = redis.call(commands -> commands.info("errorstats"));
    assertThat(errors).doesNotContain("NOSCRIPT");
  }

  @Test
  void cannotBeAsked_whenRedisIsGone() {
    try (LocalRedis gone = LocalRedis.start(Optional.empty());
        RedisConnection lost = LiveRedis.connect(gone.url())) {
      gone.kill();
      assertThatThrownBy(() -> new RedisPopularity(lost, clock).top(1))
          .isInstanceOf(CacheUnavailableException.class);
      assertThatThrownBy(() -> new RedisLastWarming(lost).version())
          .isInstanceOf(CacheUnavailableException.class);
      assertThatThrownBy(() -> new RedisLastWarming(lost).set("x"))
          .isInstanceOf(CacheUnavailableException.class);
    }
  }

  @Test
  void remembersTheLastWarming_untilTheContentIsGone() {
    RedisLastWarming last = new RedisLastWarming(redis);
    assertThat(last.version()).isEmpty();
    last.set("one");
    last.set("two");
    assertThat(last.version()).contains("two");
    redis.call(commands -> commands.flushall());
    assertThat(last.version()).isEmpty();
  }
}
