package dev.promptlab.local.server.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Lets a function do once what it is there for, so that the JVM, told to keep the classes of this
 * run, has those of the way that requests take.
 */
public final class Training {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Training() {}

  /**
   * Runs a function that asks this API for events.
   *
   * @param servers for {@link FunctionCode#WORKER} without a worker of their own
   * @throws IllegalStateException if it does not answer as it should
   */
  public static void run(FunctionCode function, FunctionServers servers, RuntimeApi api)
      throws IOException, InterruptedException {
    switch (function) {
      case GENERATE -> requireHit(answer(api, servers.hit()));
      case WORKER -> {
        JsonNode failures = answer(api, servers.jobs()).path("batchItemFailures");
        if (!failures.isEmpty()) {
          throw new IllegalStateException("jobs failed: " + failures);
        }
      }
    }
  }

  /**
   * Checks that an answer of the generate function came from the cache.
   *
   * @throws IllegalStateException if it did not
   */
  public static void requireHit(JsonNode answer) {
    if (!answer.path("headers").path("X-Cache").asText().equals("HIT")) {
      throw new IllegalStateException("no hit: " + answer);
    }
  }

  /** What the function answers to an event. */
  private static JsonNode answer(RuntimeApi api, String event)
      throws IOException, InterruptedException {
    api.send(event);
    RuntimeApi.Told told = api.next();
    if (!told.what().equals("response")) {
      throw new IllegalStateException(told.what() + ": " + told.body());
    }
    return JSON.readTree(told.body());
  }
}
