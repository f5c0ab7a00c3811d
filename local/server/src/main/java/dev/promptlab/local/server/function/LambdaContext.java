package dev.promptlab.local.server.function;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Lambda tells a handler about one invocation; its deadline runs from the moment of
 * construction. Immutable, so safe for use by several threads.
 */
public final class LambdaContext implements Context {
  private static final String ARN_PREFIX = "arn:aws:lambda:us-east-1:123456789012:function:";

  private final String functionName;
  private final int memoryMegabytes;
  private final String requestId = UUID.randomUUID().toString();
  private final long deadlineNanos;
  private final LambdaLogger logger;

  public LambdaContext(String functionName, int memoryMegabytes, Duration timeout) {
    this.functionName = functionName;
    this.memoryMegabytes = memoryMegabytes;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    this.logger = new Slf4jLambdaLogger(LoggerFactory.getLogger(functionName));
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + functionName;
  }

  @Override
  public String getLogStreamName() {
    return "local";
  }

  @Override
  public String getFunctionName() {
    return functionName;
  }

  @Override
  public String getFunctionVersion() {
    return "$LATEST";
  }

  @Override
  public String getInvokedFunctionArn() {
    return ARN_PREFIX + functionName;
  }

  /** Null, as on Lambda for a caller that is not a mobile application. */
  @Override
  @NullUnmarked
  public CognitoIdentity getIdentity() {
    return null;
  }

  /** Null, as on Lambda for a caller that is not a mobile application. */
  @Override
  @NullUnmarked
  public ClientContext getClientContext() {
    return null;
  }

  /** Milliseconds until the time-out, never negative. */
  @Override
  public int getRemainingTimeInMillis() {
    long millis = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
    return Math.toIntExact(Math.max(0, millis));
  }

  @Override
  public int getMemoryLimitInMB() {
    return memoryMegabytes;
  }

  @Override
  public LambdaLogger getLogger() {
    return logger;
  }

  private record Slf4jLambdaLogger(Logger log) implements LambdaLogger {
    @Override
    public void log(String message) {
      log.info("{}", message);
    }

    @Override
    public void log(byte[] message) {
      log(new String(message, StandardCharsets.UTF_8));
    }
  }
}
