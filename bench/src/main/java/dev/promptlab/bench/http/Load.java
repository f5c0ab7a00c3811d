package dev.promptlab.bench.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Load on one port. Requests that come at a rate are timed from the moment in which they were due,
 * so that a server that stalls is charged for all that should have come meanwhile (coordinated
 * omission).
 */
final class Load {
  private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();

  private final int port;
  private final byte[] request;

  Load(int port, byte[] request) {
    this.port = port;
    this.request = request;
  }

  /**
   * What came of it.
   *
   * @param latencies of the answers with 2xx, in ns
   * @param refused how many other answers there were
   * @param took from the first request to the last answer
   */
  record Outcome(Histogram latencies, long refused, Duration took) {
    double millis(double percentile) {
      return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    double perSecond() {
      return latencies.getTotalCount() * 1e9 / took.toNanos();
    }
  }

  /** When the next request is due, from the start on; ends the load with a negative number. */
  private interface Schedule {
    long nextDueNanos(long elapsedNanos);
  }

  /** As many as the server answers, each connection one after the other. */
  Outcome asFastAsPossible(int connections, Duration length)
      throws IOException, InterruptedException {
    return run(connections, elapsed -> elapsed < length.toNanos() ? elapsed : -1);
  }

  /** At a constant rate, whatever the server does. */
  Outcome atRate(int connections, double perSecond, Duration length)
      throws IOException, InterruptedException {
    AtomicLong number = new AtomicLong();
    return run(
        connections,
        _ -> {
          long due = (long) (number.getAndIncrement() * 1e9 / perSecond);
          return due < length.toNanos() ? due : -1;
        });
  }

  /** One request on each connection, all at the same time. */
  Outcome burst(int connections) throws IOException, InterruptedException {
    AtomicLong number = new AtomicLong();
    return run(connections, _ -> number.getAndIncrement() < connections ? 0 : -1);
  }

  private Outcome run(int connections, Schedule schedule) throws IOException, InterruptedException {
    List<HttpConnection> open = new ArrayList<>();
    LongAdder refused = new LongAdder();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      for (int i = 0; i < connections; i++) {
        open.add(new HttpConnection(port));
      }
      long start = System.nanoTime();
      List<Future<Histogram>> parts = new ArrayList<>();
      for (HttpConnection connection : open) {
        parts.add(threads.submit(() -> run(connection, schedule, start, refused)));
      }
      Histogram all = new Histogram(HIGHEST_NANOS, 3);
      for (Future<Histogram> part : parts) {
        all.add(part.get());
      }
      return new Outcome(all, refused.sum(), Duration.ofNanos(System.nanoTime() - start));
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      for (HttpConnection connection : open) {
        connection.close();
      }
    }
  }

  private Histogram run(HttpConnection connection, Schedule schedule, long start, LongAdder refused)
      throws IOException {
    Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    for (long due = schedule.nextDueNanos(System.nanoTime() - start);
        due >= 0;
        due = schedule.nextDueNanos(System.nanoTime() - start)) {
      for (long early = start + due - System.nanoTime();
          early > 0;
          early = start + due - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
      if (connection.exchange(request) / 100 == 2) {
        latencies.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - start - due));
      } else {
        refused.increment();
      }
    }
    return latencies;
  }
}
