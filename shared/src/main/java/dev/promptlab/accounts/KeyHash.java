package dev.promptlab.accounts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a key's secret: what is stored of it. Compared in constant time.
 *
 * @param hex lower-case
 */
public record KeyHash(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public KeyHash {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not 64 hex digits");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyHash(String otherHex)
        && MessageDigest.isEqual(
            hex.getBytes(StandardCharsets.US_ASCII), otherHex.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }
}
