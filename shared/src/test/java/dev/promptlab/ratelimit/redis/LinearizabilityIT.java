package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.ratelimit.redis.History.Operation;
import dev.promptlab.testing.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four processes of eight threads each ask one Redis at the same time, on the scripts as they are.
 */
final class LinearizabilityIT {
  private static final int PROCESSES = 4;
  private static final int THREADS = 8;
  private static final int REQUESTS = 200;
  private static final int LIMIT = 200;
  private static final long WINDOW = 150;

  @TempDir private Path folder;

  private record Asker(JavaProcess process, Path file) implements AutoCloseable {
    static Asker start(URI redis, Path file) throws IOException {
      JavaProcess process =
          JavaProcess.start(
              List.of(),
              AskingProcess.class,
              redis.toString(),
              Integer.toString(LIMIT),
              Long.toString(WINDOW),
              Integer.toString(THREADS),
              Integer.toString(REQUESTS),
              file.toString());
      return new Asker(process, file);
    }

    @Override
    public void close() {
      process.close();
    }
  }

  @Test
  void isLinearizable_whenProcessesAskAtOnce() throws Exception {
    List<Asker> askers = new ArrayList<>();
    try (LocalRedis server = LocalRedis.start(Optional.empty())) {
      for (int i = 0; i < PROCESSES; i++) {
        askers.add(Asker.start(server.url(), folder.resolve("history-" + i)));
      }
      for (Asker asker : askers) {
        asker.process().await("ready");
      }
      for (RateLimitStore store : RateLimitStore.values()) {
        History history = new History(LIMIT, WINDOW, round(askers, store));
        assertThat(history.operations()).hasSize(PROCESSES * THREADS * REQUESTS);
        assertThat(history.violation()).as(store.name()).isEmpty();
        report(store, history.operations());
      }
    } finally {
      askers.forEach(Asker::close);
    }
  }

  private static List<Operation> round(List<Asker> askers, RateLimitStore store)
      throws IOException {
    for (Asker asker : askers) {
      asker.process().say(store.name());
    }
    List<Operation> operations = new ArrayList<>();
    for (Asker asker : askers) {
      asker.process().await("done");
      Files.readAllLines(asker.file()).forEach(line -> operations.add(Operation.of(line)));
    }
    return operations;
  }

  private static void report(RateLimitStore store, List<Operation> operations) {
    long from = operations.stream().mapToLong(Operation::invoked).min().orElseThrow();
    long to = operations.stream().mapToLong(Operation::answered).max().orElseThrow();
    long admitted = operations.stream().filter(it -> it.answer().admitted()).count();
    System.out.printf(
        "%s: %d operations of %d threads in %d processes within %d ms, %d admitted (repeats too): linearizable%n",
        store, operations.size(), PROCESSES * THREADS, PROCESSES, (to - from) / 1000, admitted);
  }
}
