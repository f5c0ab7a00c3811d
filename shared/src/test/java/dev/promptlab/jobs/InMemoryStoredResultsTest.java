package dev.promptlab.jobs;

import dev.promptlab.cache.InMemoryInvalidationStore;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.templates.InMemoryTemplateStore;
import dev.promptlab.templates.TemplateStore;
import java.time.Clock;

final class InMemoryStoredResultsTest extends StoredResultsContract {
  private final InMemoryInvalidationStore invalidations =
      new InMemoryInvalidationStore(Clock.systemUTC());
  private final InMemoryJobStore store = new InMemoryJobStore(Clock.systemUTC(), invalidations);
  private final InMemoryTemplateStore templates = new InMemoryTemplateStore(Clock.systemUTC());
  private final StoredResults results =
      new InMemoryStoredResults(store, templates, Clock.systemUTC());

  @Override
  protected JobStore store() {
    return store;
  }

  @Override
  protected JobRuns runs() {
    return store;
  }

  @Override
  protected StoredResults results() {
    return results;
  }

  @Override
  protected TemplateStore templates() {
    return templates;
  }

  @Override
  protected InvalidationStore invalidations() {
    return invalidations;
  }
}
