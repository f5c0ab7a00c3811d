package dev.promptlab.worker.warming;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a warming's event asks for: {@code {"redis": "default"}}.
 *
 * @param redis the name of the Redis whose cache is to be warmed
 */
record WarmingRequest(String redis) {
  private static final String FIELD = "redis";

  /**
   * Reads an event strictly.
   *
   * @param known the names that there are
   * @throws InvalidEventException if it is anything else
   */
  static WarmingRequest of(@Nullable Map<String, Object> event, Set<String> known) {
    if (event == null
        || !event.keySet().equals(Set.of(FIELD))
        || !(event.get(FIELD) instanceof String name)) {
      throw new InvalidEventException(
          "the event must be {\"%s\": NAME} and nothing else, with NAME one of %s"
              .formatted(FIELD, new TreeSet<>(known)));
    }
    if (!known.contains(name)) {
      throw new InvalidEventException(
          "the event names a Redis that is not configured: there are %s (WARM_REDIS_URLS)"
              .formatted(new TreeSet<>(known)));
    }
    return new WarmingRequest(name);
  }
}
