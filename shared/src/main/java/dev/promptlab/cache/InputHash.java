package dev.promptlab.cache;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What makes two requests equal: lower-case hex SHA-256 of the RFC 8785 JSON of template, version,
 * provider and input, and of the account where results are not shared.
 */
public record InputHash(@JsonValue String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  @JsonCreator
  public InputHash {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not 64 hex digits");
    }
  }

  /**
   * The hash of a request.
   *
   * @param account whose results these are alone; empty if they are shared
   */
  public static InputHash of(
      Optional<String> account,
      String templateId,
      int templateVersion,
      Provider provider,
      GenerationInput input) {
    byte[] canonical =
        canonical(account, templateId, templateVersion, provider, input)
            .getBytes(StandardCharsets.UTF_8);
    try {
      return new InputHash(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * By hand, as the input is in its canonical form already, and to read and write all of it again
   * takes many times longer. The names are in order; accounts and the ids of templates have no
   * character that is escaped.
   */
  private static String canonical(
      Optional<String> account,
      String templateId,
      int templateVersion,
      Provider provider,
      GenerationInput input) {
    return "{"
        + account.map(owner -> "\"account\":\"" + owner + "\",").orElse("")
        + "\"input\":"
        + input.canonical()
        + ",\"provider\":\""
        + provider.wireName()
        + "\",\"templateId\":\""
        + templateId
        + "\",\"version\":"
        + templateVersion
        + "}";
  }

  @Override
  public String toString() {
    return hex;
  }
}
