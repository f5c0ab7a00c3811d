package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.accounts.SourceAddress;

/** Tells who is calling: so far, by the source address that the gateway saw. Thread-safe. */
final class CallerIdentification {
  private final boolean anonymousAccess;

  CallerIdentification(boolean anonymousAccess) {
    this.anonymousAccess = anonymousAccess;
  }

  /**
   * Who sent the request.
   *
   * @throws RefusedException 401 for an unknown key, or for none where one is needed
   */
  Caller identify(ApiRequest request) {
    if (request.header("x-api-key").isPresent() || request.header("authorization").isPresent()) {
      throw unauthorized("The key is not known.");
    }
    if (!anonymousAccess) {
      throw unauthorized("This deployment needs a key.");
    }
    return SourceAddress.parse(request.sourceIp())
        .map(Caller::anonymous)
        .orElseThrow(() -> unauthorized("The request has no usable source address."));
  }

  private static RefusedException unauthorized(String detail) {
    return new RefusedException(
        Problem.of(401, "unauthorized", "No valid key", detail)
            .withHeader("WWW-Authenticate", "Bearer"));
  }
}
