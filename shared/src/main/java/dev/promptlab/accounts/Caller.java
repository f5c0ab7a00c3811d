package dev.promptlab.accounts;

/**
 * Who sent a request.
 *
 * @param account whose jobs and costs it makes
 * @param limitIdentity under which its requests are counted: the account, or the network of an
 *     anonymous caller
 */
public record Caller(String account, Tier tier, String limitIdentity) {
  /** All callers without a key are this one account. */
  public static final String ANONYMOUS_ACCOUNT = "anonymous";

  /** A caller without a key, counted by where it comes from. */
  public static Caller anonymous(SourceAddress address) {
    return new Caller(ANONYMOUS_ACCOUNT, Tier.ANONYMOUS, "ip:" + address.network());
  }
}
