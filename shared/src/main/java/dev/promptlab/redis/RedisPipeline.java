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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commands that go to Redis together, in one write, and whose replies are waited for together:
 * however many there are, they cost one round trip. Not thread-safe; made for one {@link
 * RedisConnection#send}.
 */
public final class RedisPipeline {
  private final List<AsyncCommand<String, byte[], ?>> commands = new ArrayList<>();
  private final List<CompletableFuture<?>> replies = new ArrayList<>();
  private @Nullable StatefulConnection<String, byte[]> connection;

  /** {@code GET}: the value, or null. */
  public RedisReply<byte @Nullable []> get(String key) {
    AsyncCommand<String, byte[], byte[]> command =
        add(
            CommandType.GET,
            new ValueOutput<>(RedisConnection.CODEC),
            arguments -> arguments.addKey(key));
    return awaited(command.<byte @Nullable []>thenApply(value -> value));
  }

  /** A script by its digest, and by its source where Redis does not know it (yet, or any more). */
  public RedisReply<List<Object>> evaluate(
      RedisScript script, String key, byte[]... scriptArguments) {
    return awaited(
        add(evaluation(CommandType.EVALSHA, script.sha1(), key, scriptArguments))
            .exceptionallyCompose(
                failure ->
                    failure instanceof RedisNoScriptException
                        ? dispatched(
                            evaluation(CommandType.EVAL, script.source(), key, scriptArguments))
                        : CompletableFuture.failedFuture(failure)));
  }

  /** {@code UNLINK} of one key, so that the keys of a pipeline may lie on any node: 1 or 0. */
  public RedisReply<Long> unlink(String key) {
    return awaited(
        add(
            CommandType.UNLINK,
            new IntegerOutput<>(RedisConnection.CODEC),
            arguments -> arguments.addKey(key)));
  }

  /** {@code HINCRBY}: the new number. */
  public RedisReply<Long> increment(String key, String field, long amount) {
    return awaited(
        add(
            CommandType.HINCRBY,
            new IntegerOutput<>(RedisConnection.CODEC),
            arguments -> arguments.addKey(key).add(field).add(amount)));
  }

  /**
   * Sends everything. The future completes with the last reply; exceptionally if the first command
   * failed, which is the one that matters most.
   */
  CompletableFuture<?> dispatch(StatefulConnection<String, byte[]> to) {
    connection = to;
    to.dispatch(commands);
    return CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new))
        .exceptionally(_ -> null)
        .thenCompose(_ -> replies.getFirst());
  }

  private <T> AsyncCommand<String, byte[], T> dispatched(AsyncCommand<String, byte[], T> command) {
    Objects.requireNonNull(connection).dispatch(command);
    return command;
  }

  private <T extends @Nullable Object> RedisReply<T> awaited(CompletableFuture<T> reply) {
    replies.add(reply);
    return () -> {
      if (reply.isCompletedExceptionally()) {
        throw RedisUnavailableException.refused(reply.exceptionNow());
      }
      return reply.resultNow();
    };
  }

  private static AsyncCommand<String, byte[], List<Object>> evaluation(
      CommandType type, String script, String key, byte[]... scriptArguments) {
    return command(
        type,
        new NestedMultiOutput<>(RedisConnection.CODEC),
        arguments -> arguments.add(script).add(1).addKey(key).addValues(scriptArguments));
  }

  private <T extends @Nullable Object> AsyncCommand<String, byte[], T> add(
      CommandType type,
      CommandOutput<String, byte[], T> output,
      Consumer<CommandArgs<String, byte[]>> arguments) {
    return add(command(type, output, arguments));
  }

  private <T extends @Nullable Object> AsyncCommand<String, byte[], T> add(
      AsyncCommand<String, byte[], T> command) {
    commands.add(command);
    return command;
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
