package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.json.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InvalidationsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Invalidation of(InputHash hash, Instant before) {
    return new Invalidation(Optional.empty(), Optional.of(hash), Optional.empty(), before);
  }

  private static CachedResult result(InputHash hash, Instant createdAt) {
    return ResultCacheContract.result(hash, "x", createdAt, Duration.ofHours(1));
  }

  @Test
  void coverJobsMadeUpToTheirTime() {
    InputHash hash = ResultCacheContract.hash();
    Invalidations one = new Invalidations(List.of(of(hash, NOW)));
    assertThat(one.cover(result(hash, NOW))).isTrue();
    assertThat(one.cover(result(hash, NOW.plusMillis(1)))).isFalse();
    assertThat(one.cover(result(ResultCacheContract.hash(), NOW))).isFalse();
  }

  @Test
  void coverEverything_whereTheyAreTooMany() {
    Invalidations many =
        new Invalidations(
            IntStream.rangeClosed(0, Invalidations.MAX_ROWS)
                .mapToObj(i -> of(ResultCacheContract.hash(), NOW.plusSeconds(i)))
                .toList());
    assertThat(many.rows()).hasSize(1);
    assertThat(many.cover(result(ResultCacheContract.hash(), NOW.plusSeconds(100)))).isTrue();
    assertThat(many.cover(result(ResultCacheContract.hash(), NOW.plusSeconds(101)))).isFalse();
  }

  @Test
  void survivesTheSharedCopy() throws JsonProcessingException {
    Invalidations some =
        new Invalidations(
            List.of(
                of(ResultCacheContract.hash(), NOW),
                new Invalidation(
                    Optional.of("t1"), Optional.empty(), Optional.empty(), NOW.plusMillis(7)),
                new Invalidation(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(KeyPattern.everything()),
                    NOW)));
    String json = StrictJson.mapper().writeValueAsString(some);
    assertThat(StrictJson.mapper().readValue(json, Invalidations.class)).isEqualTo(some);
  }
}
