package dev.promptlab.local.server;

import dev.promptlab.config.Environment;

/**
 * The colours of what people read on a terminal, by ANSI escape sequences; the plain text where
 * they are off.
 */
enum Colours {
  ON,
  OFF;

  /**
   * Off where nobody sees them, and where the environment says so: {@code NO_COLOR}, as on <a
   * href="https://no-color.org">no-color.org</a>, or {@code TERM=dumb}. {@code CLICOLOR_FORCE}
   * turns them on for a file or a pipe.
   */
  static Colours of(Environment user, boolean terminal) {
    if (user.text("NO_COLOR").isPresent() || user.text("TERM").filter("dumb"::equals).isPresent()) {
      return OFF;
    }
    boolean forced = user.text("CLICOLOR_FORCE").filter(value -> !value.equals("0")).isPresent();
    return terminal || forced ? ON : OFF;
  }

  String bold(String text) {
    return in("1", text);
  }

  String dim(String text) {
    return in("2", text);
  }

  String red(String text) {
    return in("31", text);
  }

  String green(String text) {
    return in("32", text);
  }

  String yellow(String text) {
    return in("33", text);
  }

  String cyan(String text) {
    return in("36", text);
  }

  private String in(String code, String text) {
    return this == ON ? "\u001b[%sm%s\u001b[0m".formatted(code, text) : text;
  }
}
