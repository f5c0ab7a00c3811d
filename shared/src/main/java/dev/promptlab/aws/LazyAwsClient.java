package dev.promptlab.aws;

import dev.promptlab.config.Environment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * A client of an AWS service that is built when it is first used: the first one costs a cold JVM
 * hundreds of milliseconds, and a hit uses none. Thread-safe.
 *
 * @param <C> the client
 */
public final class LazyAwsClient<C extends SdkAutoCloseable> implements AutoCloseable {
  private final Supplier<C> build;
  private volatile @Nullable C client;

  /**
   * Checks the settings that {@link AwsClients#build} will read.
   *
   * @param endpointSetting the name of the setting that may override the service's endpoint
   * @throws dev.promptlab.config.InvalidSettingException naming the one that is missing or unusable
   */
  public LazyAwsClient(Environment environment, String endpointSetting, Supplier<C> build) {
    environment.uri(endpointSetting);
    if (environment.text("AWS_ACCESS_KEY_ID").isPresent()) {
      environment.requiredText("AWS_SECRET_ACCESS_KEY");
    }
    this.build = build;
  }

  /** The client. */
  public C get() {
    C known = client;
    return known != null ? known : built();
  }

  private synchronized C built() {
    C known = client;
    if (known == null) {
      known = build.get();
      client = known;
    }
    return known;
  }

  /** Closes the client, if there is one. */
  @Override
  public void close() {
    C known = client;
    if (known != null) {
      known.close();
    }
  }
}
