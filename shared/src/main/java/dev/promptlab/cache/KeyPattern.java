package dev.promptlab.cache;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A glob over the cache's keys, {@code gen:job:hash:<inputHash>}, as Redis understands it: {@code
 * *}, {@code ?}, {@code [a-f]}, {@code [^0]}. Immutable.
 */
public final class KeyPattern {
  /** What every key of the cache begins with. */
  public static final String KEY_PREFIX = "gen:job:hash:";

  private static final int MAX_LENGTH = 200;

  /** More of them could make a match take very long. */
  private static final int MAX_STARS = 5;

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9:_*?-]|\\[\\^?([A-Za-z0-9](-[A-Za-z0-9])?)+])+");

  private final String glob;
  private final Pattern regex;

  /**
   * The same for Java, which tries all ways to share out a key among asterisks unless told not to.
   */
  private final Pattern linear;

  /**
   * The pattern.
   *
   * @throws IllegalArgumentException if it is none
   */
  @JsonCreator
  public KeyPattern(String glob) {
    if (glob.length() > MAX_LENGTH
        || !FORM.matcher(glob).matches()
        || glob.chars().filter(c -> c == '*').count() > MAX_STARS) {
      throw new IllegalArgumentException("not a usable pattern");
    }
    this.glob = glob;
    try {
      this.regex = Pattern.compile(regexOf(glob));
      this.linear = Pattern.compile(linearRegexOf(glob));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a usable pattern", e);
    }
  }

  /** The pattern of which all keys are. */
  public static KeyPattern everything() {
    return new KeyPattern("*");
  }

  @JsonValue
  public String glob() {
    return glob;
  }

  /** The same as a regular expression, for Java and PostgreSQL alike. */
  public String regex() {
    return regex.pattern();
  }

  public boolean matches(InputHash hash) {
    return linear.matcher(KEY_PREFIX + hash.hex()).matches();
  }

  /** No allowed character but these two has a meaning of its own outside of brackets. */
  private static String regexOf(String glob) {
    return "^" + glob.replace("*", ".*").replace("?", ".") + "$";
  }

  /**
   * What is between two asterisks has one length, so the first place where it fits will do: an
   * atomic group never looks for another one. The last part stands at the end.
   */
  private static String linearRegexOf(String glob) {
    String[] parts = regexOf(glob).split("\\.\\*", -1);
    StringBuilder linear = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      linear.append(i < parts.length - 1 ? "(?>.*?" + parts[i] + ")" : ".*" + parts[i]);
    }
    return linear.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPattern that && glob.equals(that.glob);
  }

  @Override
  public int hashCode() {
    return glob.hashCode();
  }

  @Override
  public String toString() {
    return glob;
  }
}
