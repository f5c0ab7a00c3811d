import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What does the cache save? Sends requests whose inputs repeat as those of people do (Zipf: the n-th most frequent one
 * comes 1/n as often as the first), waits for each answer, and tells how many LLM calls that took. scripts/savings runs
 * it.
 */
public final class Savings {
  private static final String TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";
  private static final Pattern VERDICT = Pattern.compile("HIT|MISS|COALESCED");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String run = UUID.randomUUID().toString();
  private final String url;
  private final String admin;
  private final String provider;
  private String key = "";

  private enum Verdict {
    HIT,
    MISS,
    COALESCED
  }

  private record Answer(Verdict verdict, long nanos) {}

  private Savings(String url, String admin, String provider) {
    this.url = url;
    this.admin = admin;
    this.provider = provider;
  }

  /** Arguments: URL, requests, different inputs, requests at a time, provider; the admin key is in ADMIN_API_KEY. */
  public static void main(String[] arguments) throws Exception {
    Savings savings = new Savings(arguments[0], System.getenv("ADMIN_API_KEY"), arguments[4]);
    savings.run(
        Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
  }

  private void run(int requests, int inputs, int atATime) throws Exception {
    key = newKey();
    String before = metrics();
    long start = System.nanoTime();
    List<Answer> answers = sendAll(requests, inputs, atATime);
    double seconds = (System.nanoTime() - start) / 1e9;
    // Counts travel with later requests, about once a second.
    Thread.sleep(2_000);
    String after = metrics();
    report(answers, seconds, before, after);
  }

  private List<Answer> sendAll(int requests, int inputs, int atATime) throws InterruptedException, ExecutionException {
    Random random = new Random(1);
    List<Future<Answer>> sent = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
      for (int i = 0; i < requests; i++) {
        String input = "question " + zipf(random, inputs) + " of run " + run;
        sent.add(threads.submit(() -> answered(input)));
      }
      for (Future<Answer> one : sent) {
        answers.add(one.get());
      }
    }
    return answers;
  }

  /** A number from 1 on, n with a probability in proportion to 1/n. */
  private static int zipf(Random random, int most) {
    double sum = 0;
    for (int n = 1; n <= most; n++) {
      sum += 1.0 / n;
    }
    double left = random.nextDouble() * sum;
    for (int n = 1; n < most; n++) {
      left -= 1.0 / n;
      if (left < 0) {
        return n;
      }
    }
    return most;
  }

  private Answer answered(String input) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<String> response =
        call(
            "POST",
            "/generate",
            key,
            "{\"templateId\":\"%s\",\"provider\":\"%s\",\"input\":\"%s\"}".formatted(TEMPLATE, provider, input));
    Matcher verdict = VERDICT.matcher(response.headers().firstValue("X-Cache").orElse(""));
    if (response.statusCode() > 202 || !verdict.matches()) {
      throw new IOException("POST /generate: " + response.statusCode() + " " + response.body());
    }
    String job = member("jobId", response.body());
    while (!response.body().contains("\"status\":\"completed\"")) {
      if (response.body().contains("\"status\":\"failed\"") || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("no answer: " + response.body());
      }
      Thread.sleep(20);
      response = call("GET", "/jobs/" + job, key, "");
    }
    return new Answer(Verdict.valueOf(verdict.group()), System.nanoTime() - start);
  }

  private void report(List<Answer> answers, double seconds, String before, String after) {
    Map<Verdict, List<Long>> times = new EnumMap<>(Verdict.class);
    answers.forEach(it -> times.computeIfAbsent(it.verdict(), _ -> new ArrayList<>()).add(it.nanos()));
    double calls = total("llm_calls_total", after) - total("llm_calls_total", before);
    print("%d requests in %.1f s, %.0f LLM call%s%n", answers.size(), seconds, calls, calls == 1 ? "" : "s");
    print("%-10s %8s %8s %12s %12s%n", "", "requests", "share", "p50 ms", "p99 ms");
    for (Verdict verdict : Verdict.values()) {
      List<Long> of = times.getOrDefault(verdict, List.of()).stream().sorted().toList();
      if (!of.isEmpty()) {
        print(
            "%-10s %8d %7.1f%% %12.2f %12.2f%n",
            verdict, of.size(), 100.0 * of.size() / answers.size(), at(of, 0.5), at(of, 0.99));
      }
    }
    double spent = total("llm_cost_usd_total", after) - total("llm_cost_usd_total", before);
    double saved = total("llm_saved_usd_total", after) - total("llm_saved_usd_total", before);
    print("spent %.6f USD, saved %.6f USD (%.1f %%)%n", spent, saved, 100 * saved / Math.max(1e-12, spent + saved));
    print("Time: from the request to its answer in hand. Money: by the price table, of all traffic meanwhile.%n");
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }

  private static double at(List<Long> sorted, double quantile) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(quantile * sorted.size()))) / 1e6;
  }

  private static double total(String counter, String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(counter + "{") || line.startsWith(counter + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private String metrics() throws IOException, InterruptedException {
    return expect(200, call("GET", "/metrics", admin, ""));
  }

  private String newKey() throws IOException, InterruptedException {
    return member(
        "key",
        expect(
            201,
            call("POST", "/api-keys", admin, "{\"account\":\"savings-%s\",\"tier\":\"enterprise\"}".formatted(run))));
  }

  private static String expect(int status, HttpResponse<String> response) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException(response.request().uri() + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  private static String member(String name, String json) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    if (!found.find()) {
      throw new IllegalStateException("no " + name);
    }
    return found.group(1);
  }

  private HttpResponse<String> call(String method, String path, String as, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).header("X-Api-Key", as);
    if (body.isEmpty()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
