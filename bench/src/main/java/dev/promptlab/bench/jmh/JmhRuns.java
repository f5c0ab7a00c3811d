package dev.promptlab.bench.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Measures how long single calls take. In each run every benchmark has one JVM, one after the
 * other, so that what is compared is measured close together.
 */
public final class JmhRuns {
  private static final TimeValue WARM_UP = TimeValue.seconds(3);
  private static final TimeValue MEASUREMENT = TimeValue.seconds(4);
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private JmhRuns() {}

  /**
   * What one run found of one benchmark.
   *
   * @param p50 in microseconds
   * @param p99 in microseconds
   * @param allocated bytes a call, of all threads of its JVM
   */
  public record Times(double p50, double p99, double allocated) {}

  /**
   * Measures.
   *
   * @param benchmarks a class with methods for JMH
   * @param settings what the benchmarks read through {@link ForkSettings}
   * @return of each method an entry for each run
   * @throws RunnerException if one of them failed
   */
  public static Map<String, List<Times>> measure(
      Class<?> benchmarks, int runs, Map<String, String> settings) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(benchmarks.getName() + "."))
            .mode(Mode.SampleTime)
            .timeUnit(TimeUnit.MICROSECONDS)
            .forks(1)
            .warmupIterations(1)
            .warmupTime(WARM_UP)
            .measurementIterations(1)
            .measurementTime(MEASUREMENT)
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(ForkSettings.jvmArguments(settings))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    Map<String, List<Times>> found = new LinkedHashMap<>();
    for (int run = 1; run <= runs; run++) {
      Collection<RunResult> results = new Runner(options.build()).run();
      for (RunResult result : results) {
        Times times = times(result);
        String name = name(result);
        System.err.printf("run %d of %d: %-10s %s%n", run, runs, name, times);
        found.computeIfAbsent(name, _ -> new ArrayList<>()).add(times);
      }
    }
    return found;
  }

  /** The times of a benchmark, which has to be there. */
  public static List<Times> of(Map<String, List<Times>> found, String name) {
    return Objects.requireNonNull(found.get(name), name);
  }

  private static Times times(RunResult result) {
    Statistics micros = result.getPrimaryResult().getStatistics();
    Result<?> allocated =
        Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED);
    return new Times(micros.getPercentile(50), micros.getPercentile(99), allocated.getScore());
  }

  private static String name(RunResult result) {
    String method = result.getParams().getBenchmark();
    return method.substring(method.lastIndexOf('.') + 1);
  }
}
