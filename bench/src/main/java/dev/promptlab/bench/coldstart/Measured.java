package dev.promptlab.bench.coldstart;

import java.util.ArrayList;
import java.util.List;

/** What was found of one variant in one place, run by run. */
record Measured(List<Double> millis, List<Double> cpuMillis) {
  Measured() {
    this(new ArrayList<>(), new ArrayList<>());
  }
}
