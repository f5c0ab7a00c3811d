package dev.promptlab.redis;

import dev.promptlab.config.RedisSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
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
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one Redis, shared by all threads, on which no call takes longer than its
 * budget: 50 ms on a live connection, 1 s where it has to be made first (at start, when it is known
 * to be lost, or after a rest of more than 30 s, in which a frozen Lambda environment may have lost
 * it). Nothing is queued while disconnected and nothing replayed; a circuit breaker refuses at once
 * while Redis does not answer, and lets one probe through each half second. Thread-safe.
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
  private final RedisEndpoint endpoint;
  private final CircuitBreaker breaker;
  private final Clock clock;
  private final Duration commandBudget;
  private volatile @Nullable RedisLink link;
  private volatile Instant lastAnswer = Instant.EPOCH;
  private @Nullable CompletableFuture<RedisLink> connecting;

  /** Does not connect yet: the first call does, on its budget. */
  public RedisConnection(RedisSettings settings, Clock clock) {
    this.clock = clock;
    this.commandBudget = settings.commandBudget();
    this.resources =
        ClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
    this.endpoint = RedisEndpoint.of(settings.url(), resources, CONNECT_BUDGET);
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
   * Calls back at each transition of the circuit breaker.
   *
   * @param listener gets the state that it has from then on: {@code closed}, {@code open} or {@code
   *     half_open}
   */
  public void onBreakerTransition(Consumer<String> listener) {
    breaker
        .getEventPublisher()
        .onStateTransition(
            event ->
                listener.accept(
                    event.getStateTransition().getToState().name().toLowerCase(Locale.ROOT)));
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @throws RedisUnavailableException if there is none within the budget
   */
  public <T extends @Nullable Object> T call(
      Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return begin(live -> command.apply(live.commands()).toCompletableFuture()).await();
  }

  /**
   * Sends commands together and waits for all their replies.
   *
   * @throws RedisUnavailableException if they are not all there within the budget, or none of them
   *     succeeded
   */
  public void send(RedisPipeline pipeline) {
    begin(pipeline).await();
  }

  /**
   * Sends commands together; {@link Begun#await} waits for all their replies.
   *
   * @throws RedisUnavailableException if they could not be sent
   */
  public Begun<?> begin(RedisPipeline pipeline) {
    return begin(live -> pipeline.dispatch(live.connection()));
  }

  /** Commands on their way. Not thread-safe. */
  public final class Begun<T extends @Nullable Object> {
    private final Attempt attempt;
    private final CompletableFuture<T> reply;

    private Begun(Attempt attempt, CompletableFuture<T> reply) {
      this.attempt = attempt;
      this.reply = reply;
    }

    /**
     * Waits for the reply.
     *
     * @throws RedisUnavailableException if there is none within the budget
     */
    public T await() {
      try {
        T value = RedisConnection.await(reply, commandBudget.minus(attempt.sinceSent()));
        lastAnswer = clock.instant();
        attempt.succeeded();
        return value;
      } catch (RedisException | TimeoutException | InterruptedException e) {
        throw attempt.failed(e);
      }
    }
  }

  /** One use of the breaker's permission. */
  private final class Attempt {
    private final Instant begun = clock.instant();
    private final long startNanos = System.nanoTime();
    private long sentNanos = startNanos;
    private @Nullable RedisLink sentOn;

    void sent(RedisLink live) {
      sentNanos = System.nanoTime();
      sentOn = live;
    }

    Duration sinceSent() {
      return Duration.ofNanos(System.nanoTime() - sentNanos);
    }

    void succeeded() {
      breaker.onSuccess(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    RedisUnavailableException failed(Exception failure) {
      if (failure instanceof InterruptedException) {
        breaker.releasePermission();
        Thread.currentThread().interrupt();
        return unanswered("interrupted", failure);
      }
      if (spansAFreeze(failure) || waitedForConnecting(failure)) {
        // It says nothing of Redis.
        breaker.releasePermission();
      } else {
        breaker.onError(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS, failure);
        if (sentOn != null) {
          renewIfUseless(failure);
        }
      }
      return failure instanceof TimeoutException
          ? unanswered("no answer in time", failure)
          : RedisUnavailableException.refused(failure);
    }

    private RedisUnavailableException unanswered(String message, Exception failure) {
      return sentOn == null
          ? RedisUnavailableException.notSent("no connection in time", failure)
          : RedisUnavailableException.unanswered(message, sentOn, failure);
    }

    /** How the attempt to connect ends is counted, not how long it takes who waits along. */
    private boolean waitedForConnecting(Exception failure) {
      return failure instanceof TimeoutException && sentOn == null;
    }

    private boolean spansAFreeze(Exception failure) {
      return failure instanceof TimeoutException
          && clock
              .instant()
              .isAfter(begun.plus(CONNECT_BUDGET).plus(commandBudget).plus(CONNECT_BUDGET));
    }
  }

  private <T extends @Nullable Object> Begun<T> begin(
      Function<RedisLink, CompletableFuture<T>> action) {
    if (!breaker.tryAcquirePermission()) {
      throw RedisUnavailableException.notSent(
          "circuit breaker is open",
          CallNotPermittedException.createCallNotPermittedException(breaker));
    }
    Attempt attempt = new Attempt();
    try {
      RedisLink live = liveLink();
      attempt.sent(live);
      return new Begun<>(attempt, action.apply(live));
    } catch (RedisException | TimeoutException | InterruptedException e) {
      throw attempt.failed(e);
    }
  }

  /** Sends one command if there is a connection, and waits for nothing. */
  public void sendUnawaited(
      Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> command) {
    RedisLink current = link;
    if (current != null) {
      current.sendUnawaited(command);
    }
  }

  /** Runs a script and waits for its reply. */
  public List<Object> evaluate(RedisScript script, String key, byte[]... arguments) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<List<Object>> reply = pipeline.evaluate(script, key, arguments);
    send(pipeline);
    return reply.get();
  }

  private RedisLink liveLink() throws InterruptedException, TimeoutException {
    RedisLink current = link;
    return current != null && usable(current) ? current : await(connected(), CONNECT_BUDGET);
  }

  private boolean usable(RedisLink current) {
    return current.isOpen() && !clock.instant().isAfter(lastAnswer.plus(REST));
  }

  /** The attempt to connect that is under way, or else a new one: one at a time. */
  private synchronized CompletableFuture<RedisLink> connected() {
    RedisLink current = link;
    if (current != null && usable(current)) {
      return CompletableFuture.completedFuture(current);
    }
    if (connecting == null || connecting.isDone()) {
      connecting =
          inBackground(
              () -> current != null && current.isOpen() && answers(current) ? current : connect());
    }
    return connecting;
  }

  /**
   * Connects anew beside a connection that seems to lead nowhere: to a server that is frozen, or a
   * master that is none any more. Requests go on with the old one until the new one answers.
   */
  private void renewIfUseless(Exception failure) {
    boolean silent =
        failure instanceof TimeoutException && breaker.getState() != CircuitBreaker.State.CLOSED;
    if (silent || failure instanceof RedisReadOnlyException) {
      renew();
    }
  }

  private synchronized void renew() {
    if (connecting == null || connecting.isDone()) {
      connecting = inBackground(this::connect);
    }
  }

  private static <T> CompletableFuture<T> inBackground(Supplier<T> action) {
    return CompletableFuture.supplyAsync(action, task -> Thread.ofVirtual().start(task));
  }

  private boolean answers(RedisLink current) {
    try {
      await(current.ping().get(), CONNECT_BUDGET.dividedBy(4));
      lastAnswer = clock.instant();
      return true;
    } catch (RedisException | TimeoutException e) {
      LOG.info("Redis connection was lost while it rested: {}", e.toString());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private RedisLink connect() {
    RedisLink fresh = endpoint.connect();
    try {
      // A new connection's first command loads classes and warms up both ends: it is part of
      // connecting.
      await(fresh.ping().get(), CONNECT_BUDGET);
    } catch (RedisException | TimeoutException | InterruptedException e) {
      // Nobody else holds it: left open, it would reconnect for good.
      fresh.close();
      throw e instanceof RedisException failure ? failure : new RedisConnectionException("ping", e);
    }
    RedisLink old = link;
    lastAnswer = clock.instant();
    link = fresh;
    if (old != null) {
      old.close();
    }
    return fresh;
  }

  /**
   * Asks Redis whether it is there.
   *
   * @throws RedisUnavailableException if it is not
   */
  public void check() {
    begin(live -> live.ping().get().toCompletableFuture()).await();
  }

  /** A connection of its own for messages; closed with this one. */
  StatefulRedisPubSubConnection<String, byte[]> connectForMessages() {
    return endpoint.connectForMessages();
  }

  Duration commandBudget() {
    return commandBudget;
  }

  static <T extends @Nullable Object> T await(CompletionStage<T> reply, Duration budget)
      throws InterruptedException, TimeoutException {
    try {
      return reply.toCompletableFuture().get(Math.max(0, budget.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RedisException failure
          ? failure
          : new RedisException(e.getCause());
    }
  }

  @Override
  public void close() {
    RedisLink current = link;
    if (current != null) {
      current.connection().close();
    }
    endpoint.close();
    resources.shutdown(0, CONNECT_BUDGET.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
