package dev.promptlab.bench.hit;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.bench.inprocess.Callers;
import dev.promptlab.bench.inprocess.HitCalls;
import dev.promptlab.bench.jmh.ForkSettings;
import dev.promptlab.bench.jmh.LettucePing;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hit, and beside it Redis's own round trip. */
public class HitBenchmark {
  /** A handler, and requests that hit. */
  @State(Scope.Benchmark)
  public abstract static class Hits {
    private final HitCalls calls;

    Hits(int outputBytes) {
      calls =
          new HitCalls(
              ForkSettings.read(),
              Callers.withKeys(HitPart.CALLERS),
              HitPart.firstInput(outputBytes),
              HitPart.INPUTS);
      calls.warmUp();
    }

    /** Stops the handler. */
    @TearDown
    public void stop() {
      calls.close();
    }
  }

  /** Outputs as most are. */
  public static class Small extends Hits {
    public Small() {
      super(HitPart.SMALL);
    }
  }

  /** Outputs of several pages. */
  public static class Large extends Hits {
    public Large() {
      super(HitPart.LARGE);
    }
  }

  /** Redis's round trip. */
  @Benchmark
  public String ping(LettucePing redis)
      throws ExecutionException, InterruptedException, TimeoutException {
    return redis.ping();
  }

  /** A hit of 2 KiB. */
  @Benchmark
  public APIGatewayV2HTTPResponse small(Small hits) {
    return ((Hits) hits).calls.next();
  }

  /** A hit of 32 KiB. */
  @Benchmark
  public APIGatewayV2HTTPResponse large(Large hits) {
    return ((Hits) hits).calls.next();
  }
}
