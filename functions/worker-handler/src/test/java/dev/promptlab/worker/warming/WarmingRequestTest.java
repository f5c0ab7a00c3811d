package dev.promptlab.worker.warming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WarmingRequestTest {
  private static final Set<String> KNOWN = Set.of("default", "eu");

  @Test
  void namesTheRedis() {
    assertThat(WarmingRequest.of(Map.of("redis", "eu"), KNOWN).redis()).isEqualTo("eu");
  }

  @Test
  void isRefused_whenItNamesNone() {
    Map<String, Object> withNull = new HashMap<>();
    withNull.put("redis", null);
    for (Map<String, Object> event :
        List.of(
            Map.<String, Object>of(),
            withNull,
            Map.<String, Object>of("redis", 1),
            Map.<String, Object>of("redis", List.of("eu")),
            Map.<String, Object>of("Redis", "eu"),
            Map.<String, Object>of("redis", "eu", "limit", 3))) {
      assertThatThrownBy(() -> WarmingRequest.of(event, KNOWN))
          .isInstanceOf(InvalidEventException.class)
          .hasMessage(
              "the event must be {\"redis\": NAME} and nothing else, with NAME one of [default,"
                  + " eu]");
    }
    assertThatThrownBy(() -> WarmingRequest.of(null, KNOWN))
        .isInstanceOf(InvalidEventException.class);
  }

  @Test
  void isRefused_whenItNamesAnAddress_orWhatIsNotConfigured() {
    for (String name : new String[] {"redis://10.0.0.1:6379", "us", ""}) {
      assertThatThrownBy(() -> WarmingRequest.of(Map.of("redis", name), KNOWN))
          .isInstanceOf(InvalidEventException.class)
          .hasMessage(
              "the event names a Redis that is not configured: there are [default, eu]"
                  + " (WARM_REDIS_URLS)");
    }
  }
}
