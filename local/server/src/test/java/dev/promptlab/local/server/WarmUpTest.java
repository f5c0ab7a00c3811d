package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.local.server.function.LocalFunction;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final int BURST = 48;

  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void goes_on_until_the_function_is_not_unavailable() {
    WarmUp.run(answering(call -> call <= 2 || call == 2 + 1 + BURST + 1 ? 503 : 401), "anthropic");

    assertThat(calls).hasValue(2 + 1 + BURST + 1 + 1);
  }

  @Test
  void gives_up_when_its_patience_is_over() {
    WarmUp.run(answering(_ -> 503), "anthropic", Duration.ZERO);

    assertThat(calls).hasValue(1 + BURST + 1);
  }

  /** A function that answers its n-th call with the status that is asked for. */
  private LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> answering(
      IntUnaryOperator status) {
    return new LocalFunction<>(
        "generate",
        (_, _) ->
            APIGatewayV2HTTPResponse.builder()
                .withStatusCode(status.applyAsInt(calls.incrementAndGet()))
                .build(),
        Duration.ofSeconds(10),
        128);
  }
}
