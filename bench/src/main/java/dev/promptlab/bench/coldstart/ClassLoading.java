package dev.promptlab.bench.coldstart;

import dev.promptlab.bench.PartResult.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a start spends on each library, by the JVM's log of the classes that it loads: the time from
 * the class before until this one is there counts for its library, with what was run in between.
 */
final class ClassLoading {
  static final String LOG_OPTION = "-Xlog:class+load:file=%s:uptimenanos";

  /** Smaller ones are told together. */
  private static final double SHOWN_MILLIS = 10;

  private static final Pattern LINE = Pattern.compile("\\[(\\d+)ns] \\S+ source: (.*)");
  private static final Pattern JAR = Pattern.compile(".*/([^/]+?)(-[0-9][^/]*)?\\.jar.*");

  private ClassLoading() {}

  private record Part(int classes, double millis) {
    Part plus(Part other) {
      return new Part(classes + other.classes, millis + other.millis);
    }
  }

  /** What a log tells. */
  static Table table(Path log) throws IOException {
    Map<String, Part> parts = new TreeMap<>();
    long before = 0;
    for (String line : Files.readAllLines(log)) {
      Matcher loaded = LINE.matcher(line);
      if (loaded.find()) {
        long at = Long.parseLong(loaded.group(1));
        parts.merge(library(loaded.group(2)), new Part(1, (at - before) / 1e6), Part::plus);
        before = at;
      }
    }
    Map<String, Part> shown = new TreeMap<>();
    parts.forEach(
        (library, part) ->
            shown.merge(part.millis() < SHOWN_MILLIS ? "all others" : library, part, Part::plus));
    List<List<String>> rows =
        shown.entrySet().stream()
            .sorted(Comparator.comparingDouble(entry -> -entry.getValue().millis()))
            .map(
                entry ->
                    List.of(
                        entry.getKey(),
                        Integer.toString(entry.getValue().classes()),
                        String.format(Locale.ROOT, "%.0f", entry.getValue().millis())))
            .toList();
    return new Table(
        "What one start of the zip spends on each library, with the log of its classes on",
        List.of("library", "classes", "ms"),
        rows);
  }

  private static String library(String source) {
    Matcher jar = JAR.matcher(source);
    if (jar.matches()) {
      return jar.group(1);
    }
    return source.startsWith("file:") ? "PromptLab's generate function" : "the JDK";
  }
}
