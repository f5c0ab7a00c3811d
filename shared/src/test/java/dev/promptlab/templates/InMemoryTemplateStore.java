package dev.promptlab.templates;

import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Templates without a database. */
public final class InMemoryTemplateStore implements TemplateStore {
  private final TreeMap<String, List<PromptTemplate>> templates = new TreeMap<>();
  private final Clock clock;
  private int reads;
  private long changes;

  public InMemoryTemplateStore(Clock clock) {
    this.clock = clock;
  }

  /** How often a template was read. */
  public synchronized int reads() {
    return reads;
  }

  @Override
  public synchronized Optional<PromptTemplate> current(String templateId) {
    reads++;
    return Optional.ofNullable(templates.get(templateId)).map(List::getLast);
  }

  @Override
  public synchronized Optional<PromptTemplate> version(String templateId, int version) {
    reads++;
    return templates.getOrDefault(templateId, List.of()).stream()
        .filter(template -> template.version() == version)
        .findFirst();
  }

  @Override
  public synchronized Page<PromptTemplate> list(Optional<String> after, int limit) {
    return Page.of(
        templates.tailMap(after.orElse(""), false).values().stream()
            .map(List::getLast)
            .limit(limit + 1L)
            .toList(),
        limit);
  }

  @Override
  public synchronized PutOutcome put(
      String templateId, TemplateDefinition definition, Expected expected) {
    List<PromptTemplate> versions = templates.getOrDefault(templateId, new ArrayList<>());
    int version = versions.size();
    boolean same = version > 0 && versions.getLast().definition().equals(definition);
    boolean fits =
        switch (expected) {
          case Expected.Anything() -> true;
          case Expected.Nothing() -> version == 0 || (same && version == 1);
          case Expected.AnyVersion() -> version > 0;
          case Expected.Version(int wanted) -> version == wanted || (same && version == wanted + 1);
        };
    if (!fits) {
      return new PutOutcome.Unexpected(version);
    }
    if (!same) {
      versions.add(
          new PromptTemplate(
              templateId, version + 1, definition, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
      templates.put(templateId, versions);
    }
    return new PutOutcome.Written(
        new Committed<>(versions.getLast(), ++changes), !same && version == 0);
  }
}
