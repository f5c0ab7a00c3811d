import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Does the time of a refusal tell whether a key exists? Compares a key that exists but is not good any more with one
 * that does not exist, in pairs, the order of each pair at random: on first sight (both are looked up in the database)
 * and when they are known (both are remembered as no good).
 */
public final class KeyTiming {
  private static final String USAGE =
      """
      Usage: ADMIN_API_KEY=… java bench/KeyTiming.java [URL [PAIRS]]
      URL: of a running PromptLab (http://localhost:4000); PAIRS: of each kind (500).
      Makes and revokes PAIRS keys of the account "key-timing". Guesses are limited by address: against a local
      PromptLab each 400 come from another one of 127.0.0.0/8, against any other this waits as it is told to.
      """;
  private static final Pattern KEY = Pattern.compile("\"key\":\"([^\"]+)\"");
  private static final Pattern KEY_ID = Pattern.compile("\"keyId\":\"([^\"]+)\"");
  private static final int REQUESTS_OF_AN_ADDRESS = 400;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String url;
  private final String admin;
  private HttpClient client;
  private int sent;

  private KeyTiming(String url, String admin) {
    this.url = url;
    this.admin = admin;
    this.client = client(0);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String admin = System.getenv("ADMIN_API_KEY");
    if (admin == null || arguments.length > 2 || List.of(arguments).contains("--help")) {
      System.err.print(USAGE);
      System.exit(2);
    }
    String url = arguments.length > 0 ? arguments[0].replaceFirst("/$", "") : "http://localhost:4000";
    int pairs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
    new KeyTiming(url, admin).run(pairs);
  }

  private void run(int pairs) throws IOException, InterruptedException {
    List<String> revoked = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      revoked.add(revokedKey());
    }
    String expired = key("\"expiresAt\":\"" + Instant.now().plusSeconds(2) + "\",");
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      unknown.add(unknownKey());
    }
    for (int i = 0; i < 200; i++) {
      refusal(unknownKey());
    }
    compare("first sight, revoked", pairs, revoked, unknown);
    compare("known, revoked", pairs, List.of(revoked.getFirst()), List.of(unknown.getFirst()));
    // What is remembered of an expired key is another thing than nothing.
    while (call("GET", "/account", expired, "").statusCode() != 401) {
      Thread.onSpinWait();
    }
    compare("known, expired", pairs, List.of(expired), List.of(unknown.getFirst()));
  }

  private void compare(String what, int pairs, List<String> existing, List<String> missing)
      throws IOException, InterruptedException {
    long[] ofExisting = new long[pairs];
    long[] ofMissing = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      String one = existing.get(i % existing.size());
      String other = missing.get(i % missing.size());
      if (RANDOM.nextBoolean()) {
        ofExisting[i] = refusal(one);
        ofMissing[i] = refusal(other);
      } else {
        ofMissing[i] = refusal(other);
        ofExisting[i] = refusal(one);
      }
    }
    int existingSlower = 0;
    for (int i = 0; i < pairs; i++) {
      existingSlower += ofExisting[i] > ofMissing[i] ? 1 : 0;
    }
    double noise = 1.96 * Math.sqrt(0.25 / pairs);
    System.out.printf(
        Locale.ROOT,
        "%-22s %d pairs: exists median %.3f ms, p95 %.3f; does not median %.3f, p95 %.3f; ratio of medians %.3f;"
            + " slower if it exists in %.1f %% (noise: 50 ± %.1f)%n",
        what,
        pairs,
        at(ofExisting, 0.5),
        at(ofExisting, 0.95),
        at(ofMissing, 0.5),
        at(ofMissing, 0.95),
        at(ofExisting, 0.5) / at(ofMissing, 0.5),
        100.0 * existingSlower / pairs,
        100 * noise);
  }

  private static double at(long[] nanos, double quantile) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] / 1e6;
  }

  /** How long a refusal of this key takes, in nanoseconds. */
  private long refusal(String key) throws IOException, InterruptedException {
    if (++sent % REQUESTS_OF_AN_ADDRESS == 0) {
      client = client(sent / REQUESTS_OF_AN_ADDRESS);
      call("GET", "/health", key, ""); // connects
    }
    while (true) {
      long start = System.nanoTime();
      HttpResponse<String> response = call("GET", "/account", key, "");
      long took = System.nanoTime() - start;
      if (response.statusCode() == 401) {
        return took;
      }
      waitIfTold(response, 401);
    }
  }

  private String revokedKey() throws IOException, InterruptedException {
    String made = made("");
    answered(204, "DELETE", "/api-keys/" + find(KEY_ID, made), "");
    return find(KEY, made);
  }

  private String key(String terms) throws IOException, InterruptedException {
    return find(KEY, made(terms));
  }

  private String made(String terms) throws IOException, InterruptedException {
    return answered(201, "POST", "/api-keys", "{%s\"account\":\"key-timing\",\"tier\":\"free\"}".formatted(terms));
  }

  private String answered(int status, String method, String path, String body)
      throws IOException, InterruptedException {
    while (true) {
      HttpResponse<String> response = call(method, path, admin, body);
      if (response.statusCode() == status) {
        return response.body();
      }
      waitIfTold(response, status);
    }
  }

  private static void waitIfTold(HttpResponse<String> response, int expected)
      throws IOException, InterruptedException {
    if (response.statusCode() != 429 && response.statusCode() != 503) {
      throw new IOException("expected " + expected + ": " + response.statusCode() + " " + response.body());
    }
    Thread.sleep(1000 * Long.parseLong(response.headers().firstValue("retry-after").orElse("1")));
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern);
    }
    return matcher.group(1);
  }

  private static String unknownKey() {
    byte[] bits = new byte[32];
    RANDOM.nextBytes(bits);
    return "pl_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }

  private HttpResponse<String> call(String method, String path, String key, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("X-Api-Key", key)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpClient client(int number) {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (url.matches("http://(localhost|127[.].*):.*")) {
      try {
        builder.localAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (number + 1)}));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return builder.build();
  }
}
