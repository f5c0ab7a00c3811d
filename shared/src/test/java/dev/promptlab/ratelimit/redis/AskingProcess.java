package dev.promptlab.ratelimit.redis;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import dev.promptlab.ratelimit.redis.History.Operation;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process of its own whose threads ask the limiter for one identity, as fast as they can, and
 * repeat some requests; it writes down what was asked and answered. For each line on its standard
 * input, which names a store, one round, and then a line on its standard output.
 *
 * <p>Arguments: Redis's URL, limit, window in ms, threads, requests of each, file to write to.
 */
final class AskingProcess {
  private final RedisConnection redis;
  private final RateLimit limit;
  private final int threads;
  private final int requests;

  private AskingProcess(RedisConnection redis, RateLimit limit, int threads, int requests) {
    this.redis = redis;
    this.limit = limit;
    this.threads = threads;
    this.requests = requests;
  }

  public static void main(String[] arguments) throws Exception {
    RateLimit limit =
        new RateLimit(
            "test",
            Integer.parseInt(arguments[1]),
            Duration.ofMillis(Long.parseLong(arguments[2])));
    try (RedisConnection redis = LiveRedis.connect(URI.create(arguments[0]));
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      AskingProcess process =
          new AskingProcess(
              redis, limit, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
      process.warmUp();
      say("ready");
      for (String store = commands.readLine(); store != null; store = commands.readLine()) {
        process.round(RateLimitStore.valueOf(store), Path.of(arguments[5]));
        say("done");
      }
    }
  }

  private static void say(String word) {
    System.out.println(word);
    System.out.flush();
  }

  private void warmUp() {
    for (RateLimitStore store : RateLimitStore.values()) {
      new RedisRateLimiter(redis, store).check("warm-up", limit, "warm-up");
    }
  }

  private void round(RateLimitStore store, Path file) throws Exception {
    RedisRateLimiter limiter = new RedisRateLimiter(redis, store);
    List<Callable<List<Operation>>> askers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String name = ProcessHandle.current().pid() + "/" + i + "/";
      askers.add(() -> ask(limiter, name));
    }
    List<String> lines = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Future<List<Operation>> asked : pool.invokeAll(askers)) {
        asked.get().forEach(operation -> lines.add(operation.line()));
      }
    }
    write(file, lines);
  }

  private static void write(Path file, List<String> lines) throws IOException {
    Files.write(file, lines);
  }

  private List<Operation> ask(RedisRateLimiter limiter, String name) {
    Random random = new Random(name.hashCode());
    List<Operation> operations = new ArrayList<>();
    String id = name;
    for (int i = 0; i < requests; i++) {
      // One of five is a repeat.
      id = random.nextInt(5) == 0 ? id : name + i;
      long invoked = micros();
      RateLimitDecision.Counted decision =
          (RateLimitDecision.Counted) limiter.check("one for all", limit, id);
      operations.add(new Operation(invoked, micros(), id, answer(decision)));
    }
    return operations;
  }

  private static Answer answer(RateLimitDecision.Counted decision) {
    return new Answer(
        decision instanceof RateLimitDecision.Admitted,
        decision.remaining(),
        decision.decidedAt().toEpochMilli(),
        decision.resetAt().toEpochMilli());
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
