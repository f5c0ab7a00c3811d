package dev.promptlab.local.server;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program behind {@code scripts/run-local}: starts the local PromptLab, says how to use it, and
 * stops it in good order on SIGINT or SIGTERM, with exit code 0. A start that fails is one line on
 * standard error and exit code 1, a wrong command line is one and 2. A signal while it starts, or a
 * second one, ends it at once, with 130.
 */
public final class RunLocal {
  /** The system property with the path of the file for {@code scripts/invoke}; optional. */
  static final String INFO_FILE_PROPERTY = "promptlab.info-file";

  /** The system property with the path of the file that keeps the admin key; optional. */
  static final String ADMIN_KEY_FILE_PROPERTY = "promptlab.admin-key-file";

  private static final Duration GRACE = Duration.ofSeconds(30);

  /** The exit code of what was ended before it was done. */
  private static final int INTERRUPTED = 130;

  /** Made when it is known how logs are to look. */
  private final Logger log;

  private final RunLocalOptions options;
  private final PrintStream out;
  private final Colours colours;
  private final Instant began =
      ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile boolean ready;

  /** What is still starting then fails in ways that are nobody's business. */
  private volatile boolean stoppedEarly;

  private RunLocal(RunLocalOptions options, Output output) {
    this.options = options;
    this.out = output.people();
    this.colours = output.colours();
    this.log = LoggerFactory.getLogger(RunLocal.class);
  }

  public static void main(String[] arguments) {
    switch (CommandLine.parse(List.of(arguments))) {
      case CommandLine.Run(var options, var output) -> System.exit(run(options, output));
      case CommandLine.Help() -> System.out.print(CommandLine.usage());
      case CommandLine.Refused(var line) -> {
        System.err.println("run-local: " + line);
        System.exit(2);
      }
    }
  }

  private static int run(RunLocalOptions options, Output.Options output) {
    try {
      return new RunLocal(options, Output.of(output, Environment.system())).run();
    } catch (InvalidSettingException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  private int run() {
    StopSignals.on(this::onSignal);
    try {
      Environment user = Environment.system();
      KeySecret adminKey = AdminKey.of(user, path(ADMIN_KEY_FILE_PROPERTY));
      return run(user, adminKey);
    } catch (InvalidSettingException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (StartFailedException e) {
      log.debug("Start failed", e);
      return failed(e.line());
    } catch (IOException | RuntimeException e) {
      log.debug("Start failed", e);
      return failed("could not start: " + e.toString().replaceAll("\\s*\\R\\s*", " "));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  private int run(Environment user, KeySecret adminKey)
      throws StartFailedException, IOException, InterruptedException {
    try (LocalPromptLab promptLab = LocalPromptLab.start(options, user, adminKey, this::progress)) {
      serveUntilStopped(promptLab, adminKey);
      boolean finished = promptLab.stop(GRACE);
      out.println(lastLine(promptLab.answered(), finished));
      return 0;
    }
  }

  private void serveUntilStopped(LocalPromptLab promptLab, KeySecret adminKey)
      throws IOException, InterruptedException {
    URI url = Banner.url(promptLab.address());
    try (Parts info = new Parts()) {
      writeInfo(info, url, promptLab);
      out.print(
          new Banner(url, colours)
              .of(
                  promptLab.llm(),
                  promptLab.environment(),
                  promptLab.runsJobs(),
                  adminKey,
                  elapsed()));
      out.flush();
      ready = true;
      stop.await();
    }
    out.println();
    out.println("Stopping: what was accepted is finished first. Ctrl-C again stops at once.");
  }

  /** What was done, whether anything was cut short, and what is left of it. */
  private String lastLine(long answered, boolean finished) {
    String left =
        options
            .data()
            .map("What its own servers stored is in %s."::formatted)
            .orElse("What its own servers stored is gone; --data DIR keeps it.");
    return "%s after %s; it has answered %d %s.%s %s"
        .formatted(
            colours.bold("PromptLab has stopped"),
            "%.0f s".formatted(seconds()),
            answered,
            answered == 1 ? "request" : "requests",
            finished ? "" : colours.red(" Work that took too long was cut short."),
            left);
  }

  private static int failed(String line) {
    System.err.println("run-local: " + line);
    return 1;
  }

  private static void writeInfo(Parts info, URI url, LocalPromptLab promptLab) throws IOException {
    Optional<Path> file = path(INFO_FILE_PROPERTY);
    if (file.isPresent()) {
      info.add(RunInfo.write(file.get(), url, promptLab.environment()));
    }
  }

  private static Optional<Path> path(String property) {
    return Optional.ofNullable(System.getProperty(property)).map(Path::of);
  }

  private void progress(String line) {
    if (stoppedEarly) {
      return;
    }
    out.printf("%s  %s%n", colours.dim("%5.1f s".formatted(seconds())), line);
  }

  private double seconds() {
    return elapsed().toMillis() / 1000.0;
  }

  private Duration elapsed() {
    return Duration.between(began, Instant.now());
  }

  /** While it starts there is nothing to finish: the JVM's exit stops the servers. */
  private void onSignal() {
    if (!ready) {
      stoppedEarly = true;
      Output.silenceLogs();
      out.println("PromptLab has stopped before it was ready.");
      System.exit(INTERRUPTED);
    }
    if (stop.getCount() == 0) {
      System.exit(INTERRUPTED);
    }
    stop.countDown();
  }
}
