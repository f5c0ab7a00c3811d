package dev.promptlab.templates;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A local copy in front of a template store: the version in force for 60 s from its read, a given
 * version for good. A template that does not exist is not remembered, so a new one works at once.
 * Thread-safe.
 */
public final class TemplateCatalog implements TemplateStore {
  private static final Duration LIFE = Duration.ofSeconds(60);

  /** Entries of each kind; beyond, the copy starts anew. */
  private static final int MAX_ENTRIES = 1_000;

  private final TemplateStore store;
  private final Clock clock;
  private final Map<String, Entry> current = new ConcurrentHashMap<>();
  private final Map<Version, PromptTemplate> versions = new ConcurrentHashMap<>();

  private record Entry(PromptTemplate template, Instant readAt) {}

  private record Version(String templateId, int version) {}

  public TemplateCatalog(TemplateStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public Optional<PromptTemplate> current(String templateId) {
    Entry entry = current.get(templateId);
    // Stamped before the read: the copy is never taken for younger than it is.
    Instant now = clock.instant();
    if (entry != null && now.isBefore(entry.readAt().plus(LIFE))) {
      return Optional.of(entry.template());
    }
    Optional<PromptTemplate> read = store.current(templateId);
    read.ifPresentOrElse(
        template -> {
          bound(current);
          current.put(templateId, new Entry(template, now));
        },
        () -> current.remove(templateId));
    return read;
  }

  @Override
  public Optional<PromptTemplate> version(String templateId, int version) {
    Version key = new Version(templateId, version);
    PromptTemplate known = versions.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PromptTemplate> read = store.version(templateId, version);
    read.ifPresent(
        template -> {
          bound(versions);
          versions.put(key, template);
        });
    return read;
  }

  private static void bound(Map<?, ?> entries) {
    if (entries.size() >= MAX_ENTRIES) {
      entries.clear();
    }
  }
}
