package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a function asks itself before a snapshot: it takes the ways of real requests, in vain. */
final class PrimingTest {
  private final ApiOnFakes api = new ApiOnFakes(Map.of("ANONYMOUS_ACCESS", "off"));
  private final Priming priming = new Priming(api.ports(), api.apiSettings(), api.clock);

  @AfterEach
  void nothingIsMadeOrCounted() {
    assertThat(api.queue.receive()).isEmpty();
    api.metrics.flush();
    assertThat(api.metrics.totals()).isEmpty();
    assertThat(api.popularity.top(1).inputs()).isEmpty();
  }

  @Test
  void takesTheWayOfAHit_withoutAServer() {
    api.flight.setDown(true);
    priming.hit();
    assertThat(api.flight.flights()).isZero();
  }

  @Test
  void hasNoHit_whereThereIsNoProvider() {
    ApiOnFakes none = new ApiOnFakes(Map.of("PROVIDERS", ""));
    new Priming(none.ports(), none.apiSettings(), none.clock).hit();
  }

  @Test
  void takesTheWayOfARequest_asFarAsTheKey() {
    priming.refusedRequest();
    assertThat(api.flight.flights()).isEqualTo(1);
  }

  @Test
  void tellsThatItCouldNotTakeThatWay() {
    api.flight.setDown(true);
    assertThatThrownBy(priming::refusedRequest).hasMessage("answered with 503");
  }
}
