package dev.promptlab.json;

/** How names that a caller has chosen stand in messages. */
public final class FieldNames {
  private static final int MAX_CODE_POINTS = 64;

  private FieldNames() {}

  /** The name, cut off after 64 characters. */
  public static String abbreviated(String name) {
    return name.codePointCount(0, name.length()) <= MAX_CODE_POINTS
        ? name
        : name.substring(0, name.offsetByCodePoints(0, MAX_CODE_POINTS)) + "…";
  }
}
