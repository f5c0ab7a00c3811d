package dev.promptlab.redis;

import dev.promptlab.config.RedisSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one Redis, shared by all threads, on which no call takes longer than its
 * budget: 50 ms on a live connection, 1 s where it has to be made first (at start, or after a rest
 * of more than 30 s, in which a frozen Lambda environment may have lost it). Nothing is queued
 * while disconnected and nothing replayed; a circuit breaker refuses at once while Redis does not
 * answer, and lets one probe through each half second. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {
  private static final Duration CONNECT_BUDGET = Duration.ofSeconds(1);
  private static final Duration REST = Duration.ofSeconds(30);
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(200);
  private static final Duration OPEN_FOR = Duration.ofMillis(500);
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

  private final ClientResources resources;
  private final RedisClient client;
  private final CircuitBreaker breaker;
  private final Clock clock;
  private final Duration commandBudget;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
  private volatile Instant lastAnswer = Instant.EPOCH;

  /** Does not connect yet: the first call does, on its budget. */
  public RedisConnection(RedisSettings settings, Clock clock) {
    this.clock = clock;
    this.commandBudget = settings.commandBudget();
    this.resources =
        ClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
    RedisURI redisUri = RedisURI.create(settings.url());
    redisUri.setTimeout(CONNECT_BUDGET);
    this.client = RedisClient.create(resources, redisUri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_BUDGET).build())
            .build());
    this.breaker = breaker();
  }

  private static CircuitBreaker breaker() {
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "redis",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(OPEN_FOR)
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> LOG.warn("Redis circuit breaker: {}", event.getStateTransition()));
    return breaker;
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @throws RedisUnavailableException if there is none within the budget
   */
  public <T extends @Nullable Object> T call(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return guarded(live -> command.apply(live.async()).toCompletableFuture());
  }

  /**
   * Sends commands together and waits for all their replies.
   *
   * @throws RedisUnavailableException if they are not all there within the budget, or none of them
   *     succeeded
   */
  public void send(RedisPipeline pipeline) {
    guarded(
        live ->
            pipeline
                .dispatch(live)
                .thenAccept(
                    _ -> {
                      Throwable failure = pipeline.failure();
                      if (failure != null) {
                        throw failure instanceof RedisException refusal
                            ? refusal
                            : new RedisException(failure);
                      }
                    }));
  }

  private <T extends @Nullable Object> T guarded(
      Function<StatefulRedisConnection<String, byte[]>, CompletableFuture<T>> action) {
    if (!breaker.tryAcquirePermission()) {
      throw RedisUnavailableException.notSent(
          "circuit breaker is open",
          CallNotPermittedException.createCallNotPermittedException(breaker));
    }
    long start = System.nanoTime();
    boolean sent = false;
    try {
      StatefulRedisConnection<String, byte[]> live = liveConnection();
      sent = true;
      T reply = await(action.apply(live), commandBudget);
      lastAnswer = clock.instant();
      breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      return reply;
    } catch (RedisException e) {
      breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      throw RedisUnavailableException.refused(e);
    } catch (TimeoutException e) {
      breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      throw sent
          ? RedisUnavailableException.unanswered("no answer in time", e)
          : RedisUnavailableException.notSent("no connection in time", e);
    } catch (InterruptedException e) {
      breaker.releasePermission();
      Thread.currentThread().interrupt();
      throw RedisUnavailableException.unanswered("interrupted", e);
    }
  }

  /** Sends one command if there is a connection, and waits for nothing. */
  public void sendUnawaited(
      Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> command) {
    StatefulRedisConnection<String, byte[]> current = connection;
    if (current != null && current.isOpen()) {
      var _ =
          command
              .apply(current.async())
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) {
                      LOG.debug("An unawaited Redis command failed", failure);
                    }
                  });
    }
  }

  /** Runs a script and waits for its reply. */
  public List<Object> evaluate(RedisScript script, String key, byte[]... arguments) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<List<Object>> reply = pipeline.evaluate(script, key, arguments);
    send(pipeline);
    return reply.get();
  }

  private StatefulRedisConnection<String, byte[]> liveConnection()
      throws InterruptedException, TimeoutException {
    StatefulRedisConnection<String, byte[]> current = connection;
    boolean rested = clock.instant().isAfter(lastAnswer.plus(REST));
    if (current != null && !rested) {
      return current;
    }
    if (!connecting.tryLock(CONNECT_BUDGET.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("another thread is still connecting");
    }
    try {
      current = connection;
      if (current != null
          && (!clock.instant().isAfter(lastAnswer.plus(REST)) || answers(current))) {
        return current;
      }
      return connect();
    } finally {
      connecting.unlock();
    }
  }

  private boolean answers(StatefulRedisConnection<String, byte[]> current)
      throws InterruptedException {
    try {
      await(current.async().ping(), CONNECT_BUDGET.dividedBy(4));
      lastAnswer = clock.instant();
      return true;
    } catch (RedisException | TimeoutException e) {
      LOG.info("Redis connection was lost while it rested: {}", e.toString());
      return false;
    }
  }

  private StatefulRedisConnection<String, byte[]> connect()
      throws InterruptedException, TimeoutException {
    StatefulRedisConnection<String, byte[]> old = connection;
    connection = null;
    if (old != null) {
      var _ = old.closeAsync();
    }
    // A new connection's first command loads classes and warms up both ends: it is part of
    // connecting.
    StatefulRedisConnection<String, byte[]> fresh = client.connect(CODEC);
    try {
      await(fresh.async().ping(), CONNECT_BUDGET);
    } catch (RedisException | TimeoutException | InterruptedException e) {
      // Nobody else holds it: left open, it would reconnect for good.
      var _ = fresh.closeAsync();
      throw e;
    }
    lastAnswer = clock.instant();
    connection = fresh;
    return fresh;
  }

  /**
   * Asks Redis whether it is there.
   *
   * @throws RedisUnavailableException if it is not
   */
  public void check() {
    call(RedisAsyncCommands::ping);
  }

  /** A connection of its own for messages; closed with this one. */
  StatefulRedisPubSubConnection<String, byte[]> connectForMessages() {
    return client.connectPubSub(CODEC);
  }

  Duration commandBudget() {
    return commandBudget;
  }

  static <T extends @Nullable Object> T await(CompletionStage<T> reply, Duration budget)
      throws InterruptedException, TimeoutException {
    try {
      return reply.toCompletableFuture().get(budget.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RedisException failure
          ? failure
          : new RedisException(e.getCause());
    }
  }

  @Override
  public void close() {
    StatefulRedisConnection<String, byte[]> current = connection;
    if (current != null) {
      current.close();
    }
    client.shutdown(Duration.ZERO, CONNECT_BUDGET);
    resources.shutdown(0, CONNECT_BUDGET.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
