package dev.promptlab.accounts;

import java.util.Optional;
import java.util.UUID;

/**
 * Who sent a request.
 *
 * @param account whose jobs and costs it makes
 * @param limitIdentity under which its requests are counted: the account, or the network of an
 *     anonymous caller
 * @param keyId the key that it came with
 */
public record Caller(
    String account, Tier tier, Role role, String limitIdentity, Optional<UUID> keyId) {
  /** All callers without a key are this one account. */
  public static final String ANONYMOUS_ACCOUNT = "anonymous";

  /** A caller without a key, counted by where it comes from. */
  public static Caller anonymous(SourceAddress address) {
    return new Caller(
        ANONYMOUS_ACCOUNT,
        Tier.ANONYMOUS,
        Role.CALLER,
        "ip:" + address.network(),
        Optional.empty());
  }

  /** The holder of a key. */
  public static Caller of(ApiKey key) {
    return new Caller(
        key.account(),
        key.tier(),
        key.role(),
        "account:" + key.account(),
        Optional.of(key.keyId()));
  }

  public boolean anonymous() {
    return keyId.isEmpty();
  }

  public boolean admin() {
    return role == Role.ADMIN;
  }
}
