package dev.promptlab.accounts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may do: call, or also administrate. */
public enum Role {
  CALLER,
  ADMIN;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Role> named(String wireName) {
    return Arrays.stream(values()).filter(role -> role.wireName().equals(wireName)).findFirst();
  }
}
