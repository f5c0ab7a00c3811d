package dev.promptlab.templates;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Versions of templates, remembered for good: they never change. Thread-safe. */
public final class TemplateVersions {
  /** Beyond, all are forgotten. */
  private static final int MAX_ENTRIES = 1_000;

  private final TemplateStore store;
  private final Map<Version, PromptTemplate> versions = new ConcurrentHashMap<>();

  private record Version(String templateId, int version) {}

  public TemplateVersions(TemplateStore store) {
    this.store = store;
  }

  /**
   * The version.
   *
   * @throws dev.promptlab.rdsdata.DatabaseUnavailableException if it is not remembered
   */
  public Optional<PromptTemplate> find(String templateId, int version) {
    Version key = new Version(templateId, version);
    PromptTemplate known = versions.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PromptTemplate> read = store.version(templateId, version);
    read.ifPresent(
        template -> {
          if (versions.size() >= MAX_ENTRIES) {
            versions.clear();
          }
          versions.put(key, template);
        });
    return read;
  }
}
