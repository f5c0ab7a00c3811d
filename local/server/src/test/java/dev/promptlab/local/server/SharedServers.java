package dev.promptlab.local.server;

import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.LocalSqs;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One Redis, PostgreSQL, SQS and stand-in LLM, for PromptLab processes that share them. */
final class SharedServers implements AutoCloseable {
  /** In a prompt: its answer waits for {@link #release}. */
  static final String HELD = "please wait";

  private static final long PATIENCE_SECONDS = 30;

  private final Parts parts = new Parts();
  private final LocalRedis redis = parts.add(LocalRedis.start(Optional.empty()));
  private final LocalPostgres postgres = parts.add(LocalPostgres.start(Optional.empty()));
  private final LocalSqs sqs = parts.add(LocalSqs.start());
  private final StandInLlm llm =
      parts.add(StandInLlm.start(new StandInLlm.Options(Duration.ZERO, this::answer)));
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private String answer(String prompt) {
    if (prompt.contains(HELD)) {
      asked.countDown();
      await(released);
    }
    return "The answer to: " + prompt;
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not in time");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns once the LLM has been asked for an answer that is held. */
  void awaitHeld() {
    await(asked);
  }

  /** Lets held answers go, once and for all. */
  void release() {
    released.countDown();
  }

  /** For a PromptLab that is to use them. */
  Map<String, String> environment(Map<String, String> others) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("REDIS_URL", redis.url().toString());
    environment.put("DATABASE_URL", postgres.jdbcUrl());
    environment.put("SQS_ENDPOINT", sqs.endpoint().toString());
    environment.put("ANTHROPIC_BASE_URL", llm.baseUrl().toString());
    // The machine may be busy; what an outage looks like is tested with one.
    environment.put("REDIS_COMMAND_TIMEOUT_MS", "2000");
    environment.putAll(others);
    return environment;
  }

  LocalRedis redis() {
    return redis;
  }

  LocalPostgres postgres() {
    return postgres;
  }

  LocalSqs sqs() {
    return sqs;
  }

  StandInLlm llm() {
    return llm;
  }

  /** Sends one command to Redis; the reply as it comes over the wire. */
  String redis(String... command) throws IOException {
    return RedisWire.send(redis.port(), command);
  }

  @Override
  public void close() {
    release();
    parts.close();
  }
}
