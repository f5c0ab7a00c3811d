package dev.promptlab.accounts;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A key, without its secret.
 *
 * @param tier of its account
 * @param expiresAt from when on it is not good any more; empty: never
 * @param revokedAt when it was revoked, for good
 */
public record ApiKey(
    UUID keyId,
    String account,
    Tier tier,
    Role role,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt) {

  public boolean goodAt(Instant now) {
    return revokedAt.isEmpty() && expiresAt.filter(end -> !now.isBefore(end)).isEmpty();
  }
}
