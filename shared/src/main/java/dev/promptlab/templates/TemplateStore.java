package dev.promptlab.templates;

import java.util.Optional;

/**
 * Templates and their versions. Both calls throw {@link TemplateStoreUnavailableException}.
 * Thread-safe.
 */
public interface TemplateStore {

  /** The version in force. */
  Optional<PromptTemplate> current(String templateId);

  /** A given version; it never changes. */
  Optional<PromptTemplate> version(String templateId, int version);
}
