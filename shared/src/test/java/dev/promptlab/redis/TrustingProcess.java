package dev.promptlab.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A process that is to have a trust store of its own. For each line on its standard input, the URL
 * of a Redis, it uses that and answers {@link #WORKS} or {@link #REFUSED} and why.
 */
final class TrustingProcess {
  static final String WORKS = "answer: works";
  static final String REFUSED = "answer: refused, ";

  private TrustingProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (BufferedReader urls =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String url = urls.readLine(); url != null; url = urls.readLine()) {
        System.out.println(answer(URI.create(url)));
        System.out.flush();
      }
    }
  }

  private static String answer(URI url) {
    try (PartsOnRedis parts = new PartsOnRedis(url)) {
      parts.assertWork();
      return WORKS;
    } catch (RedisUnavailableException e) {
      return REFUSED + e.getMessage();
    }
  }
}
