package dev.promptlab.cache;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.CanonicalJson;
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
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    account.ifPresent(owner -> object.put("account", owner));
    object
        .put("templateId", templateId)
        .put("provider", provider.wireName())
        .put("version", templateVersion)
        .set("input", input.json());
    byte[] canonical = CanonicalJson.of(object).getBytes(StandardCharsets.UTF_8);
    try {
      return new InputHash(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
