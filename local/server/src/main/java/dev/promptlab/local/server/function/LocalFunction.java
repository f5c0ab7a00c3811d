package dev.promptlab.local.server.function;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lambda function in this JVM: its handler, its name and its limits. Every invocation runs on a
 * virtual thread of its own and is interrupted when it exceeds the time-out.
 *
 * <p>Safe for use by several threads if the handler is. Lambda gives each environment one event at
 * a time; here one handler gets them all at once, so a handler that is not thread-safe shows
 * itself.
 */
public final class LocalFunction<I, O> {
  private static final Logger log = LoggerFactory.getLogger(LocalFunction.class);

  private final String name;
  private final RequestHandler<I, O> handler;
  private final Duration timeout;
  private final int memoryMegabytes;

  public LocalFunction(
      String name, RequestHandler<I, O> handler, Duration timeout, int memoryMegabytes) {
    this.name = name;
    this.handler = handler;
    this.timeout = timeout;
    this.memoryMegabytes = memoryMegabytes;
  }

  public String name() {
    return name;
  }

  /**
   * Calls the handler and waits for it; logs what went wrong, with the handler's stack trace if
   * there is one.
   *
   * @throws InterruptedException if the calling thread is interrupted; the handler then is too
   */
  public Invocation<O> invoke(I event) throws InterruptedException {
    LambdaContext context = new LambdaContext(name, memoryMegabytes, timeout);
    FutureTask<O> task = new FutureTask<>(() -> handler.handleRequest(event, context));
    Thread.ofVirtual().name(name + "-" + context.getAwsRequestId()).start(task);
    try {
      return new Invocation.Returned<>(task.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause.getStackTrace().length == 0) {
        log.error("{} failed: {}", name, cause.toString());
      } else {
        log.error("{} failed", name, cause);
      }
      return new Invocation.Failed<>(cause);
    } catch (TimeoutException e) {
      log.error("{} timed out after {} ms", name, timeout.toMillis());
      return new Invocation.TimedOut<>();
    } finally {
      task.cancel(true);
    }
  }
}
