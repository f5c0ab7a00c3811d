package dev.promptlab.accounts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The secret that a caller sends: {@code pl_} and 43 characters for 256 random bits, so that
 * scanners for leaked secrets can recognise it, or for the first admin key any text of 32 to 256
 * visible characters. Nobody keeps it: what is stored, compared and looked up is its {@link #hash}.
 */
public final class KeySecret {
  private static final String PREFIX = "pl_";
  private static final int RANDOM_BYTES = 32;
  private static final Pattern USABLE = Pattern.compile("[\\x21-\\x7e]{32,256}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String text;

  private KeySecret(String text) {
    this.text = text;
  }

  public static KeySecret generate() {
    byte[] bits = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bits);
    return new KeySecret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** Empty if no key has such a text: too short, too long, or with other characters. */
  public static Optional<KeySecret> parse(String text) {
    return USABLE.matcher(text).matches() ? Optional.of(new KeySecret(text)) : Optional.empty();
  }

  /** The secret itself, to be shown once. */
  public String reveal() {
    return text;
  }

  public KeyHash hash() {
    try {
      return new KeyHash(
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(text.getBytes(StandardCharsets.US_ASCII))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Not the secret. */
  @Override
  public String toString() {
    return "KeySecret";
  }
}
