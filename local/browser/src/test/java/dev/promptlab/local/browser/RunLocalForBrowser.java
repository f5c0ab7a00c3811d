package dev.promptlab.local.browser;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.server.RunLocal;
import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.StandInLlm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run-local in a process of its own, with a Redis, a PostgreSQL and a stand-in LLM that a test
 * can take away from it, as it can take away the process itself.
 */
final class RunLocalForBrowser implements AutoCloseable {
  /** The prompts that hold their answer until {@link #releaseAnswer}. */
  static final String HELD = "please wait";

  static final int ANONYMOUS_LIMIT = 15;

  private static final Pattern READY = Pattern.compile("PromptLab is ready at (\\S+) .*");
  private static final long PATIENCE_SECONDS = 60;

  private final LocalRedis redis = LocalRedis.start(Optional.empty());
  private final LocalPostgres postgres = LocalPostgres.start(Optional.empty());
  private final Semaphore answers = new Semaphore(0);
  private final StandInLlm llm =
      StandInLlm.start(new StandInLlm.Options(Duration.ofMillis(300), this::answer));
  private final String adminKey = KeySecret.generate().reveal();
  private final Process process;
  private final String url;

  private RunLocalForBrowser(Duration window) throws IOException {
    process = process(window);
    url = awaitUrl();
  }

  /**
   * Starts all of it.
   *
   * @param window of the rate limit
   */
  static RunLocalForBrowser start(Duration window) {
    try {
      return new RunLocalForBrowser(window);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process(Duration window) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlog4j2.configurationFile=classpath:log4j2-local.xml",
            "-cp",
            System.getProperty("java.class.path"),
            RunLocal.class.getName(),
            "--port",
            "0");
    Map<String, String> environment = builder.environment();
    environment
        .keySet()
        .removeIf(name -> name.matches("(ANTHROPIC|OPENAI|BEDROCK|AWS|REDIS|DATABASE|SQS)_.*"));
    environment.putAll(
        Map.of(
            "ADMIN_API_KEY",
            adminKey,
            "REDIS_URL",
            redis.url().toString(),
            "DATABASE_URL",
            postgres.jdbcUrl(),
            "ANTHROPIC_BASE_URL",
            llm.baseUrl().toString(),
            "LLM_PRICES",
            "{\"*\":{\"input\":1,\"output\":5}}",
            "RATE_LIMITS",
            "anonymous=%d,enterprise=1000".formatted(ANONYMOUS_LIMIT),
            "RATE_LIMIT_WINDOW_SECONDS",
            Long.toString(window.toSeconds()),
            // So that each test can come from an address, and so with a limit, of its own.
            "TRUSTED_PROXY",
            "127.0.0.1",
            "MAX_ATTEMPTS",
            "1",
            // The machine may be busy: what an outage looks like is tested with one.
            "REDIS_COMMAND_TIMEOUT_MS",
            "2000"));
    return builder.redirectErrorStream(true).start();
  }

  /** Reads what it says until it is ready; the rest of it is read so that it never waits. */
  private String awaitUrl() throws IOException {
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
        return ready.group(1);
      }
    }
    throw new IllegalStateException("run-local ended:\n" + all);
  }

  private String answer(String prompt) {
    if (prompt.contains(HELD)) {
      try {
        if (!answers.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the answer was not released");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return "The answer to “" + prompt + "” is written by a stand-in, word for word the same.";
  }

  void releaseAnswer() {
    answers.release();
  }

  /** Without a slash at its end. */
  String url() {
    return url;
  }

  String adminKey() {
    return adminKey;
  }

  LocalRedis redis() {
    return redis;
  }

  StandInLlm llm() {
    return llm;
  }

  void stopPostgres() {
    postgres.close();
  }

  /** As a crash: without a word to anybody. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
    List.<AutoCloseable>of(llm, postgres, redis)
        .forEach(
            server -> {
              try {
                server.close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
