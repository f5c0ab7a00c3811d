package dev.promptlab.bench.jmh;

import java.util.Map;
import java.util.TreeMap;

/** What a benchmark's own JVM is told by the one that started it: in system properties. */
public final class ForkSettings {
  private static final String PREFIX = "promptlab.bench.";

  private ForkSettings() {}

  static String[] jvmArguments(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> "-D" + PREFIX + setting.getKey() + "=" + setting.getValue())
        .toArray(String[]::new);
  }

  /** All of them. */
  public static Map<String, String> read() {
    Map<String, String> settings = new TreeMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(
            name -> {
              if (name.startsWith(PREFIX)) {
                settings.put(name.substring(PREFIX.length()), System.getProperty(name));
              }
            });
    return settings;
  }
}
