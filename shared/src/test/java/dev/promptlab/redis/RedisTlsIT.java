package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.testing.BreakerLog;
import dev.promptlab.testing.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real Redis servers whose certificate nobody has signed. This JVM does not trust it; a process of
 * its own, whose trust store has it, does.
 */
final class RedisTlsIT {
  private static final String USER = "promptlab:s3cret-of-16-bytes@";

  /** Far below the minute that a client may wait by itself. */
  private static final Duration NO_HANG = Duration.ofSeconds(15);

  @TempDir private static Path folder;
  private static TlsCertificate certificate;
  private static RedisNode server;
  private static JavaProcess trusting;

  @BeforeAll
  static void start() throws IOException {
    certificate = TlsCertificate.make(folder);
    server =
        RedisNode.start(
            Optional.of(certificate),
            List.of(
                "--user default off --user promptlab on >s3cret-of-16-bytes ~* &* +@all"
                    .split(" ")));
    trusting =
        JavaProcess.start(
            List.of("-Djavax.net.ssl.trustStore=" + certificate.trustStore()),
            TrustingProcess.class);
  }

  @AfterAll
  static void stop() {
    trusting.close();
    server.close();
  }

  private static String answerOfTrusting(URI url) throws IOException {
    trusting.say(url.toString());
    return trusting.await("answer: ");
  }

  private static URI url(String scheme, String host, String query) {
    return URI.create(scheme + "://" + USER + host + ":" + server.port() + query);
  }

  @Test
  void works_withAUserAndAPassword_whenTheCertificateIsTrusted() throws IOException {
    assertThat(answerOfTrusting(url("rediss", "127.0.0.1", ""))).isEqualTo(TrustingProcess.WORKS);
  }

  @Test
  void works_onAClusterWhoseCertificatesAreTrusted() throws IOException {
    try (RedisCluster cluster = RedisCluster.start(Optional.of(certificate))) {
      assertThat(answerOfTrusting(cluster.url())).isEqualTo(TrustingProcess.WORKS);
    }
  }

  @Test
  void works_withASentinelWhoseCertificateIsTrusted() throws IOException {
    try (RedisSentinels sentinel = RedisSentinels.startOne(folder, certificate)) {
      assertThat(answerOfTrusting(sentinel.url())).isEqualTo(TrustingProcess.WORKS);
    }
  }

  @Test
  void refusesACertificateOfAnotherName_unlessTheUrlSaysNotToLookAtNames() throws IOException {
    assertThat(answerOfTrusting(url("rediss", "localhost", "")))
        .startsWith(TrustingProcess.REFUSED)
        .endsWith("CertificateException");
    assertThat(answerOfTrusting(url("rediss", "localhost", "?verifyPeer=CA")))
        .isEqualTo(TrustingProcess.WORKS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?verifyPeer=FULL", "?verifyPeer=CA"})
  void refusesAtOnceAndLogsWhy_whenTheCertificateIsNotTrusted(String query) {
    assertRefusesAtOnce(url("rediss", "127.0.0.1", query), "SunCertPathBuilderException");
  }

  @Test
  void refusesAtOnce_whenOnlyTheServerSpeaksTls() {
    assertRefusesAtOnce(url("redis", "127.0.0.1", ""), "RedisConnectionException");
  }

  /** Until the circuit breaker opens, and tells of the last failure. */
  private static void assertRefusesAtOnce(URI url, String reason) {
    try (BreakerLog log = new BreakerLog();
        RedisConnection redis =
            new RedisConnection(new RedisSettings(url, Duration.ofSeconds(5)), Clock.systemUTC())) {
      RedisRateLimiter limiter = new RedisRateLimiter(redis, RateLimitStore.SORTED_SET);
      long start = System.nanoTime();
      while (log.size() == 0) {
        assertThat(limiter.check("someone", PartsOnRedis.LIMIT, UUID.randomUUID().toString()))
            .isInstanceOf(RateLimitDecision.Unavailable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(NO_HANG);
      }
      assertThat(log.transitions().getFirst()).contains("CLOSED to OPEN").contains(reason);
    }
  }

  @Test
  void worksUnverified_whenTheUrlSaysSo() {
    try (PartsOnRedis parts = new PartsOnRedis(url("rediss", "127.0.0.1", "?verifyPeer=NONE"))) {
      parts.assertWork();
    }
  }
}
