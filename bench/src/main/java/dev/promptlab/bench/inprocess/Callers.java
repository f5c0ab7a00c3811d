package dev.promptlab.bench.inprocess;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.promptlab.accounts.KeySecret;
import java.util.SplittableRandom;

/** Who sends the next request of a benchmark. */
@FunctionalInterface
public interface Callers {
  /** Makes an event one of the next caller's. */
  void sign(APIGatewayV2HTTPEvent event);

  /** One after the other, each with a key: those of {@link BenchServers#addKeys}. */
  static Callers withKeys(int callers) {
    String[] keys = new String[callers];
    for (int i = 0; i < callers; i++) {
      keys[i] = key(i).reveal();
    }
    int[] next = {0};
    return event -> {
      event.getHeaders().put("x-api-key", keys[next[0]]);
      next[0] = (next[0] + 1) % callers;
    };
  }

  /** Any of so many without a key, told apart by their addresses: {@link #address}. */
  static Callers withoutKeys(int callers) {
    SplittableRandom random = new SplittableRandom();
    return event ->
        event.getRequestContext().getHttp().setSourceIp(address(random.nextInt(callers)));
  }

  /** The key of a caller. */
  static KeySecret key(int caller) {
    return KeySecret.parse("bench-key-%032d".formatted(caller)).orElseThrow();
  }

  /** The address of a caller: one of 10.0.0.0/8. */
  static String address(int caller) {
    return "10." + (caller >> 16) + "." + (caller >> 8 & 255) + "." + (caller & 255);
  }
}
