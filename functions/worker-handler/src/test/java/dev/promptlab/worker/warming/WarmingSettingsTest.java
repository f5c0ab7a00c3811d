package dev.promptlab.worker.warming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class WarmingSettingsTest {
  private static WarmingSettings of(Map<String, String> others) {
    Map<String, String> all = new TreeMap<>(others);
    all.put("REDIS_URL", "redis://limits:6379");
    return WarmingSettings.of(Environment.of(all));
  }

  private static Map<String, URI> urls(WarmingSettings settings) {
    return settings.targets().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, target -> target.getValue().url()));
  }

  @Test
  void warmsTheOwnCacheEachQuarterOfAnHour_andMakesNothingAnew() {
    WarmingSettings settings = of(Map.of());
    assertThat(settings.interval()).isEqualTo(Duration.ofMinutes(15));
    assertThat(settings.mostRegenerated()).isZero();
    assertThat(urls(settings)).isEqualTo(Map.of("default", URI.create("redis://limits:6379")));
    assertThat(urls(of(Map.of("REDIS_CACHE_URL", "rediss://cache:6380"))))
        .isEqualTo(Map.of("default", URI.create("rediss://cache:6380")));
  }

  @Test
  void namesOtherCaches_withCommasInTheirAddresses() {
    assertThat(
            urls(
                of(
                    Map.of(
                        "WARM_REDIS_URLS",
                        "eu=rediss://u:p=1@eu:6379  us-1=redis-cluster://a:1,b:2"))))
        .isEqualTo(
            Map.of(
                "default", URI.create("redis://limits:6379"),
                "eu", URI.create("rediss://u:p=1@eu:6379"),
                "us-1", URI.create("redis-cluster://a:1,b:2")));
  }

  @Test
  void refusesWhatIsUnusable_andShowsNoPassword() {
    for (String value :
        new String[] {
          "redis://u:secret@eu:6379",
          "default=redis://u:secret@eu:6379",
          "EU=redis://u:secret@eu:6379",
          "eu=http://u:secret@eu:6379",
          "eu=redis://u:secret@eu:6379 eu=redis://u:secret@us:6379",
          "eu="
        }) {
      assertThatThrownBy(() -> of(Map.of("WARM_REDIS_URLS", value)))
          .as(value)
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageStartingWith("WARM_REDIS_URLS: must be")
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> of(Map.of("WARM_INTERVAL_MINUTES", "1")))
        .hasMessageStartingWith("WARM_INTERVAL_MINUTES");
    assertThatThrownBy(() -> of(Map.of("WARM_REGENERATE", "101")))
        .hasMessageStartingWith("WARM_REGENERATE");
  }
}
