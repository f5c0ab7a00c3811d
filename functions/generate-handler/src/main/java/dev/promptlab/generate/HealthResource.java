package dev.promptlab.generate;

import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /health}: that this runs; with {@code ?deep}, what it needs does too. Thread-safe. */
final class HealthResource {
  private static final String RETRY_AFTER_SECONDS = "5";
  private static final Logger LOG = LoggerFactory.getLogger(HealthResource.class);

  private final Gate gate;
  private final Map<String, Runnable> checks;

  /**
   * The resource.
   *
   * @param checks by name; each throws if what it asks does not answer
   */
  HealthResource(Gate gate, Map<String, Runnable> checks) {
    this.gate = gate;
    this.checks = new LinkedHashMap<>(checks);
  }

  private record Check(String status, long latencyMs) {}

  private record DeepHealth(String status, Map<String, Check> checks) {}

  ApiReply get(ApiRequest request) {
    return request.query().containsKey("deep")
        ? gate.readEvenDegraded(request, Gate.Access.ADMIN, _ -> deep())
        : ApiReply.json(200, Map.of("status", "ok"));
  }

  private ApiReply deep() {
    Map<String, Check> results = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<Check>> running = new LinkedHashMap<>();
      checks.forEach((name, check) -> running.put(name, threads.submit(() -> run(name, check))));
      threads.shutdown();
      for (Map.Entry<String, Future<Check>> check : running.entrySet()) {
        results.put(check.getKey(), check.getValue().get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    boolean ok = results.values().stream().allMatch(check -> check.status().equals("ok"));
    return ok
        ? ApiReply.json(200, new DeepHealth("ok", results))
        : ApiReply.json(503, new DeepHealth("failing", results))
            .with("Retry-After", RETRY_AFTER_SECONDS);
  }

  private static Check run(String name, Runnable check) {
    long start = System.nanoTime();
    String status = "ok";
    try {
      check.run();
    } catch (RuntimeException e) {
      LOG.warn("{} does not answer: {}", name, e.toString());
      status = "failing";
    }
    return new Check(status, (System.nanoTime() - start) / 1_000_000);
  }
}
