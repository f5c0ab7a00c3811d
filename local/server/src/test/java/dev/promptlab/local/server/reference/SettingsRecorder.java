package dev.promptlab.local.server.reference;

import dev.promptlab.config.Environment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** An environment that notes which settings are read, and how. Thread-safe. */
final class SettingsRecorder extends Environment {
  private final Set<String> names = new ConcurrentSkipListSet<>();
  private final Map<String, String> defaults = new ConcurrentHashMap<>();
  private final Map<String, String> values = new ConcurrentHashMap<>();

  SettingsRecorder(Map<String, String> variables) {
    super(variables);
  }

  @Override
  public Optional<String> text(String name) {
    names.add(name);
    return super.text(name);
  }

  @Override
  public int integer(String name, int defaultValue, int min, int max) {
    defaults.put(name, Integer.toString(defaultValue));
    values.put(name, min + " to " + max);
    return super.integer(name, defaultValue, min, max);
  }

  @Override
  public boolean flag(String name, boolean defaultValue) {
    defaults.put(name, defaultValue ? "on" : "off");
    values.put(name, "`on`, `off`");
    return super.flag(name, defaultValue);
  }

  Set<String> names() {
    return names;
  }

  /** Of those read as numbers and flags. */
  Map<String, String> defaults() {
    return defaults;
  }

  /** What those read as numbers and flags may be, as the page says it. */
  Map<String, String> values() {
    return values;
  }
}
