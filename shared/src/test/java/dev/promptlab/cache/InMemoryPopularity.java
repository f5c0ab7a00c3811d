package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Popular inputs without a store; what is counted is there at once. */
public final class InMemoryPopularity implements Popularity {
  private static final Duration HALF_LIFE = Duration.ofHours(1);

  private final Map<InputHash, List<Instant>> requests = new HashMap<>();
  private final Clock clock;
  private boolean down;

  public InMemoryPopularity(Clock clock) {
    this.clock = clock;
  }

  /** Lets the list be unreadable from now on. */
  public synchronized void setDown(boolean nowDown) {
    down = nowDown;
  }

  @Override
  public synchronized void count(InputHash hash) {
    requests.computeIfAbsent(hash, _ -> new ArrayList<>()).add(clock.instant());
  }

  @Override
  public synchronized Top top(int limit) {
    if (down) {
      throw new CacheUnavailableException(new IllegalStateException("down"));
    }
    Instant now = clock.instant();
    List<Input> inputs =
        requests.entrySet().stream()
            .map(
                entry ->
                    new Input(
                        entry.getKey(),
                        entry.getValue().stream().mapToDouble(at -> weight(at, now)).sum()))
            .sorted(Comparator.comparingDouble(Input::requests).reversed())
            .limit(limit)
            .toList();
    return new Top(
        inputs,
        inputs.stream()
            .map(input -> input.hash() + " " + Objects.requireNonNull(requests.get(input.hash())))
            .toList()
            .toString());
  }

  private static double weight(Instant at, Instant now) {
    return Math.pow(2, -(double) Duration.between(at, now).toMillis() / HALF_LIFE.toMillis());
  }
}
