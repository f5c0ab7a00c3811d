package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the servers when the JVM that started them ends without closing them. */
class ShutdownIT {
  private static final int PATIENCE_SECONDS = 20;

  /** The other JVM: starts everything, says so, and waits, or throws. */
  static final class OtherJvm {
    private OtherJvm() {}

    public static void main(String[] arguments) throws InterruptedException {
      // Left open on purpose.
      var _ = LocalServices.start(LocalServicesSettings.keptIn(Path.of(arguments[0])), line -> {});
      say("started");
      if (arguments[1].equals("wait")) {
        Thread.sleep(Long.MAX_VALUE);
      }
      throw new IllegalStateException("on purpose");
    }

    // The test reads the other JVM's output: here the console is the channel.
    private static void say(String line) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private static Process start(Path data, String how) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OtherJvm.class.getName(),
            data.toString(),
            how)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static List<ProcessHandle> serversOf(Process jvm, BufferedReader output)
      throws IOException {
    assertThat(output.readLine()).isEqualTo("started");
    List<ProcessHandle> servers = new ArrayList<>(jvm.children().toList());
    assertThat(servers).hasSizeGreaterThanOrEqualTo(2);
    return servers;
  }

  private static void assertGone(List<ProcessHandle> servers) {
    for (ProcessHandle server : servers) {
      assertThat(server.onExit().completeOnTimeout(server, PATIENCE_SECONDS, TimeUnit.SECONDS))
          .succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS + 1));
      assertThat(server.isAlive()).isFalse();
    }
  }

  @Test
  void stopsTheServers_onSigterm(@TempDir Path data) throws Exception {
    Process jvm = start(data, "wait");
    try (BufferedReader output = jvm.inputReader()) {
      List<ProcessHandle> servers = serversOf(jvm, output);

      // Not Process.destroy(), which would close the output as well.
      assertThat(jvm.toHandle().destroy()).isTrue();

      assertThat(jvm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertGone(servers);
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void stopsTheServers_whenTheProgramThrows(@TempDir Path data) throws Exception {
    Process jvm = start(data, "throw");
    try (BufferedReader output = jvm.inputReader()) {
      assertThat(output.readLine()).isEqualTo("started");
      assertThat(jvm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      LocalRedis.start(Optional.of(data.resolve("redis"))).close();
      assertThat(data.resolve("postgres/cluster/postmaster.pid")).doesNotExist();
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void startsAgain_onTheDataOfAJvmThatWasKilled(@TempDir Path data) throws Exception {
    Process jvm = start(data, "wait");
    try (BufferedReader output = jvm.inputReader()) {
      List<ProcessHandle> servers = serversOf(jvm, output);

      jvm.destroyForcibly();
      assertThat(jvm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      try (LocalRedis redis = LocalRedis.start(Optional.of(data.resolve("redis")));
          LocalPostgres postgres = LocalPostgres.start(Optional.of(data.resolve("postgres")))) {
        assertThat(redis.port()).isNotEqualTo(postgres.port());
        assertGone(servers);
      }
    } finally {
      jvm.destroyForcibly();
    }
  }
}
