package dev.promptlab.accounts;

import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The truth about accounts and keys. All calls throw {@link
 * dev.promptlab.rdsdata.DatabaseUnavailableException}; each change is atomic, safe to repeat with
 * the same arguments, and still to be told to all instances. Thread-safe.
 */
public interface AccountStore {

  /** The key of that secret, unless it is revoked. */
  Optional<ApiKey> find(KeyHash hash);

  Optional<Account> account(String account);

  /** What an account has spent today (UTC), and what its open jobs may still cost. */
  Spend spendToday(String account);

  /** Money that is gone, and money that may go. */
  record Spend(UsdAmount spent, UsdAmount open) {}

  /**
   * A page of keys, the newest first.
   *
   * @param after the last one of the page before
   */
  Page<ApiKey> keys(Optional<UUID> after, int limit);

  /**
   * Makes a key, and its account if there is none of that name.
   *
   * @param keyId of the new key
   */
  Creation create(
      UUID keyId, KeyHash hash, String account, Tier tier, Role role, Optional<Instant> expiresAt);

  /** What came of {@link #create}. */
  sealed interface Creation {
    record Created(Committed<ApiKey> key) implements Creation {}

    /** The account is there already, on another tier; nothing was made. */
    record OtherTier(Tier tier) implements Creation {}
  }

  /** Revokes a key for good; empty if there is no such key. */
  Optional<Committed<UUID>> revoke(UUID keyId);

  /**
   * Makes a key in the place of another, which stays good for a while.
   *
   * @param newKeyId of the new key
   * @param grace for which the old one stays good, if it does not expire before
   */
  Rotation rotate(UUID keyId, UUID newKeyId, KeyHash newHash, Duration grace);

  /** What came of {@link #rotate}. */
  sealed interface Rotation {
    record Rotated(Committed<ApiKey> key) implements Rotation {}

    /** The old key is revoked or expired; nothing was made. */
    record Inactive() implements Rotation {}

    record Missing() implements Rotation {}
  }

  /** Sets an account's terms; makes it if there is none of that name. */
  Committed<Boolean> put(Account account);

  /**
   * Adds the first admin key, of account {@code admin}; one that is there already, revoked or not,
   * stays as it is.
   */
  void addAdminKey(UUID keyId, KeyHash hash);
}
