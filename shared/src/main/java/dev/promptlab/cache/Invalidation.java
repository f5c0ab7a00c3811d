package dev.promptlab.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * Results that are not served any more: those of jobs made up to a time, of one template, of one
 * input, or under keys that match. Exactly one of the three is there.
 *
 * @param before the time, by the database's clock, to the millisecond, rounded up
 */
public record Invalidation(
    Optional<String> templateId,
    Optional<InputHash> inputHash,
    Optional<KeyPattern> pattern,
    Instant before) {

  boolean covers(CachedResult result) {
    return !result.createdAt().isAfter(before)
        && templateId
            .map(result.templateId()::equals)
            .or(() -> inputHash.map(result.inputHash()::equals))
            .or(() -> pattern.map(keys -> keys.matches(result.inputHash())))
            .orElse(false);
  }
}
