package dev.promptlab.local.services;

import dev.promptlab.local.services.rdsdata.RdsDataEndpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The RDS Data API of Aurora PostgreSQL over an ordinary PostgreSQL, on a free port of 127.0.0.1:
 * what the AWS SDK's {@code RdsDataClient} sends there is run in the database. Any resource and
 * secret ARN is accepted. Thread-safe.
 */
public final class LocalRdsData implements AutoCloseable {
  /** An ARN for the calls; its form is that of a cluster. */
  public static final String RESOURCE_ARN = "arn:aws:rds:us-east-1:000000000000:cluster:promptlab";

  /** An ARN for the calls; its form is that of a secret. */
  public static final String SECRET_ARN =
      "arn:aws:secretsmanager:us-east-1:000000000000:secret:promptlab-db";

  private final RdsDataEndpoint endpoint;

  private LocalRdsData(RdsDataEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * How long things may take.
   *
   * @param transactionIdle after how long without a call a transaction is rolled back
   * @param statementTimeout after how long a statement is cancelled, in whole seconds
   */
  public record Limits(Duration transactionIdle, Duration statementTimeout) {
    /** The limits of the real one: 3 minutes and 45 seconds. */
    public static Limits ofAurora() {
      return new Limits(Duration.ofMinutes(3), Duration.ofSeconds(45));
    }
  }

  /**
   * Starts the endpoint with the limits of the real one.
   *
   * @param source a source of new connections to the PostgreSQL; they are pooled here
   * @throws LocalServicesException if no port can be opened
   */
  public static LocalRdsData start(DataSource source) {
    return start(source, Limits.ofAurora());
  }

  /** As {@link #start(DataSource)}, with limits of one's own. */
  public static LocalRdsData start(DataSource source, Limits limits) {
    try {
      return new LocalRdsData(
          RdsDataEndpoint.start(source, limits.transactionIdle(), limits.statementTimeout()));
    } catch (IOException e) {
      throw new LocalServicesException(
          "The RDS Data API endpoint could not open a port on 127.0.0.1: "
              + LocalServicesException.reason(e),
          e);
    }
  }

  /** Where the SDK finds it. */
  public URI endpoint() {
    return endpoint.url();
  }

  /** Stops it; open transactions are rolled back. */
  @Override
  public void close() {
    endpoint.close();
  }
}
