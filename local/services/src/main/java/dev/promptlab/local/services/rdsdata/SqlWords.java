package dev.promptlab.local.services.rdsdata;

import java.util.regex.Pattern;

/** Statements that are known by their first words. */
final class SqlWords {
  private static final String START = "(?is)\\A(?:\\s|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)*";

  static final Pattern TRANSACTION_CONTROL =
      Pattern.compile(
          START
              + "(?:BEGIN|START\\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\\s+TRANSACTION"
              + "|ROLLBACK(?!\\s+(?:WORK\\s+|TRANSACTION\\s+)?TO))\\b");

  static final Pattern SESSION_CHANGE =
      Pattern.compile(
          START
              + "(?:SET(?!\\s+LOCAL)|RESET|LISTEN|PREPARE|DECLARE|DISCARD|LOAD"
              + "|CREATE\\s+(?:LOCAL\\s+|GLOBAL\\s+)?TEMP(?:ORARY)?)\\b");

  private SqlWords() {}
}
