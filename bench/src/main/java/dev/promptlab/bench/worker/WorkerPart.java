package dev.promptlab.bench.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.http.RunLocalServer;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Jobs from their request to their end, in {@code scripts/run-local} with an LLM of a known speed.
 */
public final class WorkerPart implements Part {
  private static final int BATCH = 10;
  private static final int JOBS = 1_000;
  private static final int CALLERS = 16;
  private static final ObjectMapper json = new ObjectMapper();

  @Override
  public String name() {
    return "worker";
  }

  @Override
  public PartResult measure(int runs) throws Exception {
    List<Double> batches = new ArrayList<>();
    try (StandInLlm llm = llm(Duration.ofSeconds(1));
        RunLocalServer server = start(llm)) {
      var _ = seconds(server, "warm up", BATCH);
      for (int run = 0; run < runs; run++) {
        batches.add(seconds(server, "batch " + run, BATCH).work());
      }
    }
    List<Double> perSecond = new ArrayList<>();
    List<Double> accepted = new ArrayList<>();
    try (StandInLlm llm = llm(Duration.ofMillis(50));
        RunLocalServer server = start(llm)) {
      var _ = seconds(server, "warm up", JOBS);
      for (int run = 0; run < runs; run++) {
        Times times = seconds(server, "many " + run, JOBS);
        perSecond.add(JOBS / times.work());
        accepted.add(JOBS / times.accept());
      }
    }
    return new PartResult(
        name(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        List.of(
            new Figure(
                "worker-batch",
                "10 jobs with an LLM of 1 s, from the first's start to the last's end",
                batches,
                "s",
                Optional.of(1.2),
                Better.LOWER,
                false),
            new Figure(
                "worker-throughput",
                "1,000 jobs with an LLM of 50 ms, from the first's start to the last's end",
                perSecond,
                "jobs/s",
                Optional.of(150.0),
                Better.HIGHER,
                false),
            new Figure(
                "worker-accepted",
                "their requests, by 16 callers, at the same time",
                accepted,
                "requests/s",
                Optional.empty(),
                Better.HIGHER,
                false)),
        List.of(),
        List.of(),
        List.of(
            "All in one: HTTP, both functions, PostgreSQL behind its Data API and the embedded queue share the processors, with the callers and the LLM's stand-in."));
  }

  private static StandInLlm llm(Duration delay) {
    return StandInLlm.start(StandInLlm.Options.standard().withDelay(delay));
  }

  private static RunLocalServer start(StandInLlm llm) throws IOException, InterruptedException {
    return RunLocalServer.start(
        Map.of(
            "ANTHROPIC_BASE_URL", llm.baseUrl().toString(),
            "RATE_LIMITS", "enterprise=1000000",
            "RATE_LIMIT_WINDOW_SECONDS", "1",
            // What the limiter does on a machine that is too busy is not measured here.
            "REDIS_COMMAND_TIMEOUT_MS", "5000"));
  }

  /**
   * How long it took, in seconds.
   *
   * @param accept until all requests were answered
   * @param work from the first job's start to the last one's end, by the database's clock
   */
  private record Times(double accept, double work) {}

  private static Times seconds(RunLocalServer server, String name, int jobs)
      throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    List<Future<String>> ids = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (int job = 0; job < jobs; job++) {
        String input = name + ", job " + job;
        Callable<String> request = () -> accepted(server, input);
        ids.add(callers.submit(request));
      }
    }
    double accept = (System.nanoTime() - start) / 1e9;
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (Future<String> id : ids) {
      JsonNode job = ended(server, id.get());
      first = earlier(first, Instant.parse(job.path("startedAt").asText()));
      last = later(last, Instant.parse(job.path("completedAt").asText()));
    }
    return new Times(accept, Duration.between(first, last).toNanos() / 1e9);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static String accepted(RunLocalServer server, String input)
      throws IOException, InterruptedException {
    HttpResponse<String> reply = server.call("POST", "/generate", RunLocalServer.body(input));
    if (reply.statusCode() != 202) {
      throw new IOException(reply.body());
    }
    return json.readTree(reply.body()).path("jobId").asText();
  }

  private static JsonNode ended(RunLocalServer server, String jobId)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode job = json.readTree(server.call("GET", "/jobs/" + jobId, "").body());
      switch (job.path("status").asText()) {
        case "completed" -> {
          return job;
        }
        case "queued", "processing" -> Thread.sleep(50);
        default -> throw new IOException(job.toString());
      }
    }
  }
}
