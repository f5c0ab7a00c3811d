package dev.promptlab.generate;

import dev.promptlab.accounts.KeyHash;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.SourceAddress;
import dev.promptlab.accounts.TrustedProxies;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import java.util.Locale;
import java.util.Optional;

/** Reads who a request says it comes from: its key, else its source address. Thread-safe. */
final class CallerIdentification {
  private static final String BEARER = "bearer ";

  private final boolean anonymousAccess;
  private final TrustedProxies proxies;

  CallerIdentification(boolean anonymousAccess, TrustedProxies proxies) {
    this.anonymousAccess = anonymousAccess;
    this.proxies = proxies;
  }

  /**
   * The request's credentials.
   *
   * @param keyNeeded whether callers without a key are refused, even where others are not
   * @throws RefusedException 401 for a key that cannot be one, or for none where one is needed
   */
  Credentials credentials(ApiRequest request, boolean keyNeeded) {
    Optional<KeyHash> key = key(request);
    if (key.isEmpty() && keyNeeded) {
      throw unauthorized(
          "This request needs a key, as whatever waits (Prefer: wait): send it as X-Api-Key or"
              + " Authorization: Bearer.");
    }
    if (key.isEmpty() && !anonymousAccess) {
      throw unauthorized(
          "This deployment needs a key: send it as X-Api-Key or Authorization: Bearer.");
    }
    SourceAddress address =
        proxies
            .source(request.sourceIp(), request.header("x-forwarded-for"))
            .orElseThrow(() -> unauthorized("The request has no usable source address."));
    return new Credentials(key, address);
  }

  static RefusedException unknownKey() {
    return unauthorized("The key is not known, expired or revoked.");
  }

  private static Optional<KeyHash> key(ApiRequest request) {
    Optional<String> header =
        request
            .header("x-api-key")
            .or(() -> request.header("authorization").map(CallerIdentification::bearer));
    return header.map(
        text -> KeySecret.parse(text).orElseThrow(CallerIdentification::unknownKey).hash());
  }

  private static String bearer(String authorization) {
    if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw unauthorized("Send the key as Authorization: Bearer <key>, or as X-Api-Key.");
    }
    return authorization.substring(BEARER.length()).strip();
  }

  private static RefusedException unauthorized(String detail) {
    return new RefusedException(
        Problem.of(401, "unauthorized", "No valid key", detail)
            .withHeader("WWW-Authenticate", "Bearer"));
  }
}
