package dev.promptlab.templates;

import dev.promptlab.testing.SettableClock;

final class InMemoryTemplateStoreTest extends TemplateStoreContract {
  private final TemplateStore store = new InMemoryTemplateStore(new SettableClock());

  @Override
  protected TemplateStore store() {
    return store;
  }
}
