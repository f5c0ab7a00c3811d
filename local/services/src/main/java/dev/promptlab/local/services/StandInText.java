package dev.promptlab.local.services;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text of an answer; a word counts as a token.
 *
 * @param text what is given back
 * @param complete whether nothing was cut off
 */
record StandInText(String text, boolean complete) {
  private static final int QUOTED_WORDS = 12;
  private static final Pattern WORD = Pattern.compile("\\S+");

  /** The same text for the same prompt, and another for another. */
  static String of(String prompt) {
    int words = tokens(prompt);
    String start =
        WORD.matcher(prompt)
            .results()
            .limit(QUOTED_WORDS)
            .map(MatchResult::group)
            .collect(Collectors.joining(" "));
    String more = words > QUOTED_WORDS ? " …" : "";
    UUID fingerprint = UUID.nameUUIDFromBytes(prompt.getBytes(StandardCharsets.UTF_8));
    return """
        This is PromptLab's stand-in: no model was asked. \
        It makes the same text from the same prompt. \
        The prompt has %d words, the fingerprint %s, and begins: "%s%s\"\
        """
        .formatted(words, fingerprint, start, more);
  }

  /** Cuts a text to a number of tokens. */
  static StandInText cut(String text, int maxTokens) {
    Matcher words = WORD.matcher(text);
    int end = 0;
    for (int i = 0; i < maxTokens; i++) {
      if (!words.find()) {
        return new StandInText(text, true);
      }
      end = words.end();
    }
    return words.find()
        ? new StandInText(text.substring(0, end), false)
        : new StandInText(text, true);
  }

  static int tokens(String text) {
    return Math.toIntExact(WORD.matcher(text).results().count());
  }

  int tokens() {
    return tokens(text);
  }
}
