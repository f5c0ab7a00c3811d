package dev.promptlab.redis;

import dev.promptlab.config.RedisSettings;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one Redis, shared by all threads, on which no call takes longer than its
 * budget: 50 ms on a live connection (1 s for the first command of a process, which loads a
 * thousand classes in a cold JVM), 1 s where it has to be made first (3 s at start; when it is
 * known to be lost, or after a rest of more than 30 s, in which a frozen Lambda environment may
 * have lost it). Nothing is queued while disconnected. A call whose connection is lost before it is
 * answered is made once more at once, on a new one, so commands must bear that; nothing is replayed
 * later. A circuit breaker refuses at once while Redis does not answer, and lets one probe through
 * each half second. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {
  private static final Duration CONNECT_BUDGET = RedisLinks.CONNECT_BUDGET;
  private static final Duration RECONNECT_DELAY = Duration.ofMillis(200);
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  static {
    // Lettuce's and Netty's events for the flight recorder, which nobody records here: a cold JVM
    // would initialise that for them.
    setDefault("io.lettuce.core.jfr", "false");
    setDefault("io.netty.jfr.enabled", "false");
  }

  private final ClientResources resources;
  private final RedisEndpoint endpoint;
  private final RedisBreaker breaker = new RedisBreaker();
  private final Clock clock;
  private final Duration commandBudget;
  private final RedisLinks links;

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Does not connect yet: the first call does, on its budget. */
  public RedisConnection(RedisSettings settings, Clock clock) {
    this.clock = clock;
    this.commandBudget = settings.commandBudget();
    this.resources =
        ClientResources.builder().reconnectDelay(Delay.constant(RECONNECT_DELAY)).build();
    this.endpoint = RedisEndpoint.of(settings.url(), resources, CONNECT_BUDGET, clock);
    this.links = new RedisLinks(endpoint, clock, commandBudget);
  }

  /**
   * Calls back at each transition of the circuit breaker.
   *
   * @param listener gets the state that it has from then on: {@code closed}, {@code open} or {@code
   *     half_open}
   */
  public void onBreakerTransition(Consumer<String> listener) {
    breaker.onTransition(listener);
  }

  /**
   * Begins to connect and waits for nothing: a cold JVM takes long, and has other things to
   * initialise meanwhile.
   */
  public void connectAhead() {
    links.connectAhead();
  }

  /**
   * Sends one command and waits for its reply.
   *
   * @throws RedisUnavailableException if there is none within the budget
   */
  public <T extends @Nullable Object> T call(
      Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
    return begin(live -> command.apply(live.commands()).toCompletableFuture(), () -> {}).await();
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
    return begin(live -> pipeline.dispatch(live.connection()), pipeline::abandon);
  }

  /** Commands on their way. Not thread-safe. */
  public static final class Begun<T extends @Nullable Object> {
    private final RedisAttempt attempt;
    private final Function<RedisLink, CompletableFuture<T>> action;
    private final Runnable abandon;
    private CompletableFuture<T> reply;

    private Begun(
        RedisAttempt attempt, Function<RedisLink, CompletableFuture<T>> action, Runnable abandon)
        throws InterruptedException, TimeoutException {
      this.attempt = attempt;
      this.action = action;
      this.abandon = abandon;
      this.reply = sent();
    }

    private CompletableFuture<T> sent() throws InterruptedException, TimeoutException {
      return action.apply(attempt.connected());
    }

    /**
     * Waits for the reply.
     *
     * @throws RedisUnavailableException if there is none within the budget
     */
    public T await() {
      try {
        T value = answer();
        attempt.succeeded();
        return value;
      } catch (RedisException | TimeoutException | InterruptedException e) {
        abandon.run();
        throw attempt.failed(e);
      }
    }

    private T answer() throws InterruptedException, TimeoutException {
      try {
        return RedisConnection.await(reply, attempt.budgetLeft());
      } catch (RedisException e) {
        if (!attempt.lostConnection(e)) {
          throw e;
        }
        reply = sent();
        return RedisConnection.await(reply, attempt.budgetLeft());
      }
    }
  }

  private <T extends @Nullable Object> Begun<T> begin(
      Function<RedisLink, CompletableFuture<T>> action, Runnable abandon) {
    RedisAttempt attempt = RedisAttempt.begin(breaker, links, clock, commandBudget);
    try {
      return new Begun<>(attempt, action, abandon);
    } catch (RedisException | TimeoutException | InterruptedException e) {
      throw attempt.failed(e);
    }
  }

  /** Sends one command if there is a connection, and waits for nothing. */
  public void sendUnawaited(UnawaitedCommand command) {
    RedisLink current = links.current();
    if (current != null) {
      current.sendUnawaited(command, () -> {});
    }
  }

  /** Runs a script and waits for its reply. */
  public List<Object> evaluate(RedisScript script, String key, byte[]... arguments) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<List<Object>> reply = pipeline.evaluate(script, key, arguments);
    send(pipeline);
    return reply.get();
  }

  /** Whether Redis was asked in vain lately, and has not answered since. */
  public boolean inTrouble() {
    return links.inTrouble();
  }

  /**
   * Asks Redis whether it is there.
   *
   * @throws RedisUnavailableException if it is not
   */
  public void check() {
    begin(live -> live.ping().get().toCompletableFuture(), () -> {}).await();
  }

  /**
   * Closes the connection for commands; the next call makes another one. For a process that is
   * about to be frozen, as it makes no call.
   */
  public void disconnect() {
    links.disconnect();
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
    } catch (CancellationException e) {
      throw new RedisException("connection closed", e);
    }
  }

  @Override
  public void close() {
    links.close();
    endpoint.close();
    resources.shutdown(0, CONNECT_BUDGET.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
