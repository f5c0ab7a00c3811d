package dev.promptlab.ratelimit;

/**
 * An exact sliding window: in no trailing window are more requests of one identity admitted than
 * its limit, by the store's clock. Fails closed. Thread-safe.
 */
public interface RateLimiter {
  /**
   * Decides one request, and charges it if it is admitted.
   *
   * @param identity who is counted
   * @param limit in force for this request; may differ from call to call, and bites at once
   * @param requestId names the request: a repeat under the same id is charged once
   */
  RateLimitDecision check(String identity, RateLimit limit, String requestId);

  /** Gives back what a request was charged. While the store cannot be asked, nothing happens. */
  void refund(String identity, String requestId);
}
