package dev.promptlab.templates;

import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import java.util.Optional;

/**
 * The truth about templates and their versions. All calls throw {@link
 * dev.promptlab.rdsdata.DatabaseUnavailableException}. Thread-safe.
 */
public interface TemplateStore {

  /** The version in force. */
  Optional<PromptTemplate> current(String templateId);

  /** A given version; it never changes. */
  Optional<PromptTemplate> version(String templateId, int version);

  /**
   * A page of the versions in force, by id.
   *
   * @param after the last id of the page before; empty: the first page
   * @param limit of items; a page of long templates has fewer
   */
  Page<PromptTemplate> list(Optional<String> after, int limit);

  /**
   * Writes the next version, or the first; atomic, and safe to repeat with the same arguments.
   *
   * @param expected what must be in force
   */
  PutOutcome put(String templateId, TemplateDefinition definition, Expected expected);

  /** What must be in force for a write to happen. */
  sealed interface Expected {
    record Anything() implements Expected {}

    record Nothing() implements Expected {}

    record AnyVersion() implements Expected {}

    record Version(int version) implements Expected {}
  }

  /** What came of a write. */
  sealed interface PutOutcome {
    /**
     * The version in force says what was to be written.
     *
     * @param created whether it is the first one, made just now
     */
    record Written(Committed<PromptTemplate> template, boolean created) implements PutOutcome {}

    /**
     * Something else is in force; nothing was written.
     *
     * @param version 0: there is no such template
     */
    record Unexpected(int version) implements PutOutcome {}
  }
}
