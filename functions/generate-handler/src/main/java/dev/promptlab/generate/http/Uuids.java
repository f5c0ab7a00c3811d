package dev.promptlab.generate.http;

import java.util.Optional;
import java.util.UUID;

/** UUIDs as callers send them. */
public final class Uuids {
  private Uuids() {}

  /** Strict: {@link UUID#fromString} takes shortened forms too. */
  public static Optional<UUID> parse(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return Optional.of(uuid).filter(parsed -> parsed.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
