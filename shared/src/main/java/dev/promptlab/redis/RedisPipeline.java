package dev.promptlab.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands that go to Redis together, in one write, and whose replies are waited for together:
 * however many there are, they cost one round trip. Not thread-safe; made for one {@link
 * RedisConnection#send}.
 */
public final class RedisPipeline {
  private final List<Entry<?>> entries = new ArrayList<>();
  private @Nullable StatefulConnection<String, byte[]> connection;
  private boolean abandoned;

  /** One command: each time that it is sent, another one for the driver. */
  private final class Entry<T extends @Nullable Object> implements RedisReply<T> {
    private final Supplier<AsyncCommand<String, byte[], T>> command;
    private final @Nullable Supplier<AsyncCommand<String, byte[], T>> ifNoScript;
    private CompletableFuture<T> reply = new CompletableFuture<>();

    Entry(
        Supplier<AsyncCommand<String, byte[], T>> command,
        @Nullable Supplier<AsyncCommand<String, byte[], T>> ifNoScript) {
      this.command = command;
      this.ifNoScript = ifNoScript;
    }

    AsyncCommand<String, byte[], T> fresh() {
      AsyncCommand<String, byte[], T> fresh = command.get();
      reply =
          ifNoScript == null
              ? fresh.toCompletableFuture()
              : fresh.exceptionallyCompose(
                  failure ->
                      failure instanceof RedisNoScriptException
                          ? stillDispatched(ifNoScript.get(), failure)
                          : CompletableFuture.failedFuture(failure));
      return fresh;
    }

    @Override
    public T get() {
      if (reply.isCompletedExceptionally()) {
        throw RedisUnavailableException.refused(reply.exceptionNow());
      }
      return reply.resultNow();
    }
  }

  /** {@code GET}: the value, or null. */
  public RedisReply<byte @Nullable []> get(String key) {
    Entry<byte[]> entry =
        add(
            () ->
                command(
                    CommandType.GET,
                    new ValueOutput<>(RedisConnection.CODEC),
                    arguments -> arguments.addKey(key)),
            null);
    return () -> entry.get();
  }

  /** A script by its digest, and by its source where Redis does not know it (yet, or any more). */
  public RedisReply<List<Object>> evaluate(
      RedisScript script, String key, byte[]... scriptArguments) {
    return add(
        () -> evaluation(CommandType.EVALSHA, script.sha1(), key, scriptArguments),
        () -> evaluation(CommandType.EVAL, script.source(), key, scriptArguments));
  }

  /**
   * A script by its source: a little more to send, but one round trip also where Redis does not
   * know it, for what others must not wait for.
   */
  public RedisReply<List<Object>> evaluateSource(
      RedisScript script, String key, byte[]... scriptArguments) {
    return add(() -> evaluation(CommandType.EVAL, script.source(), key, scriptArguments), null);
  }

  /** {@code EXISTS} of one key: 1 or 0. */
  public RedisReply<Long> exists(String key) {
    return add(
        () ->
            command(
                CommandType.EXISTS,
                new IntegerOutput<>(RedisConnection.CODEC),
                arguments -> arguments.addKey(key)),
        null);
  }

  /** {@code UNLINK} of one key, so that the keys of a pipeline may lie on any node: 1 or 0. */
  public RedisReply<Long> unlink(String key) {
    return add(
        () ->
            command(
                CommandType.UNLINK,
                new IntegerOutput<>(RedisConnection.CODEC),
                arguments -> arguments.addKey(key)),
        null);
  }

  /** {@code HINCRBY}: the new number. */
  public RedisReply<Long> increment(String key, String field, long amount) {
    return add(
        () ->
            command(
                CommandType.HINCRBY,
                new IntegerOutput<>(RedisConnection.CODEC),
                arguments -> arguments.addKey(key).add(field).add(amount)),
        null);
  }

  /**
   * Sends everything. The future completes with the last reply; exceptionally if the first command
   * failed, which is the one that matters most.
   */
  CompletableFuture<?> dispatch(StatefulConnection<String, byte[]> to) {
    connection = to;
    List<AsyncCommand<String, byte[], ?>> commands = new ArrayList<>();
    entries.forEach(entry -> commands.add(entry.fresh()));
    List<CompletableFuture<?>> replies = new ArrayList<>();
    entries.forEach(entry -> replies.add(entry.reply));
    to.dispatch(commands);
    return CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new))
        .exceptionally(_ -> null)
        .thenCompose(_ -> replies.getFirst());
  }

  /**
   * Nobody waits any more: from now on nothing is sent. What is sent to make up for this pipeline
   * then comes after all of it.
   */
  synchronized void abandon() {
    abandoned = true;
  }

  private synchronized <T extends @Nullable Object> CompletionStage<T> stillDispatched(
      AsyncCommand<String, byte[], T> command, Throwable failure) {
    if (abandoned) {
      return CompletableFuture.failedFuture(failure);
    }
    Objects.requireNonNull(connection).dispatch(command);
    return command;
  }

  private <T extends @Nullable Object> Entry<T> add(
      Supplier<AsyncCommand<String, byte[], T>> command,
      @Nullable Supplier<AsyncCommand<String, byte[], T>> ifNoScript) {
    Entry<T> entry = new Entry<>(command, ifNoScript);
    entries.add(entry);
    return entry;
  }

  private static AsyncCommand<String, byte[], List<Object>> evaluation(
      CommandType type, String script, String key, byte[]... scriptArguments) {
    return command(
        type,
        new NestedMultiOutput<>(RedisConnection.CODEC),
        arguments -> arguments.add(script).add(1).addKey(key).addValues(scriptArguments));
  }

  private static <T extends @Nullable Object> AsyncCommand<String, byte[], T> command(
      CommandType type,
      CommandOutput<String, byte[], T> output,
      Consumer<CommandArgs<String, byte[]>> arguments) {
    CommandArgs<String, byte[]> all = new CommandArgs<>(RedisConnection.CODEC);
    arguments.accept(all);
    return new AsyncCommand<>(new Command<>(type, output, all));
  }
}
