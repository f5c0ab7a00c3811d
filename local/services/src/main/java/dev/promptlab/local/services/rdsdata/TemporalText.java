package dev.promptlab.local.services.rdsdata;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as the real one prints them: UTC without an offset, and no fraction when it is
 * zero, three digits when they are enough, else six.
 */
final class TemporalText {
  private static final Pattern FORM =
      Pattern.compile("(?<head>.*?)(?:\\.(?<fraction>\\d{1,6}))?(?:[+-]00(?::00)*)?(?<era> BC)?");

  private TemporalText() {}

  /** Rewrites what PostgreSQL prints in a session whose time zone is UTC. */
  static String of(String postgres) {
    if (postgres.endsWith("infinity")) {
      // The real one fails on these, with this error and no message.
      throw new RdsDataException(RdsDataException.Type.INTERNAL, "");
    }
    Matcher parts = FORM.matcher(postgres);
    if (!postgres.contains(":") || !parts.matches()) {
      return postgres;
    }
    String era = parts.group("era") == null ? "" : " BC";
    return parts.group("head") + fraction(parts.group("fraction")) + era;
  }

  private static String fraction(@Nullable String digits) {
    if (digits == null) {
      return "";
    }
    String six = (digits + "000000").substring(0, 6);
    if (six.equals("000000")) {
      return "";
    }
    return "." + (six.endsWith("000") ? six.substring(0, 3) : six);
  }
}
