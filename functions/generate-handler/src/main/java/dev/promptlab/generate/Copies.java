package dev.promptlab.generate;

import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeyHash;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.templates.PromptTemplate;
import java.util.Optional;

/**
 * What this function remembers of the database between requests.
 *
 * @param keys by the hash of their secret; empty where there is no such key
 * @param templates the versions in force, by id; empty where there is no such template
 * @param invalidations all of them, under {@link #ALL}
 */
record Copies(
    EpochCopy<KeyHash, Optional<ApiKey>> keys,
    EpochCopy<String, Optional<PromptTemplate>> templates,
    EpochCopy<String, Invalidations> invalidations) {
  /** The only key of {@link #invalidations}. */
  static final String ALL = "all";
}
