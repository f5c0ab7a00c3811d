package dev.promptlab.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.utils.SdkAutoCloseable;

final class LazyAwsClientTest {
  private static final String ENDPOINT = "AWS_ENDPOINT_URL_SQS";

  private final AtomicInteger built = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private LazyAwsClient<SdkAutoCloseable> client(Map<String, String> settings) {
    return new LazyAwsClient<>(
        Environment.of(settings),
        ENDPOINT,
        () -> {
          built.incrementAndGet();
          return closed::incrementAndGet;
        });
  }

  @Test
  void isBuiltOnce_whenItIsFirstUsed() {
    try (LazyAwsClient<SdkAutoCloseable> client = client(Map.of())) {
      assertThat(built).hasValue(0);
      assertThat(client.get()).isSameAs(client.get());
      assertThat(built).hasValue(1);
    }
    assertThat(closed).hasValue(1);
  }

  @Test
  void isNotBuilt_toBeClosed() {
    client(Map.of()).close();

    assertThat(built).hasValue(0);
  }

  @Test
  void refusesAnEndpointThatIsNoUrl_beforeItIsUsed() {
    assertThatThrownBy(() -> client(Map.of(ENDPOINT, "nowhere")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(ENDPOINT);
  }

  @Test
  void refusesAKeyWithoutItsSecret_beforeItIsUsed() {
    assertThatThrownBy(() -> client(Map.of("AWS_ACCESS_KEY_ID", "key")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("AWS_SECRET_ACCESS_KEY");
  }
}
