package dev.promptlab.rdsdata;

import dev.promptlab.aws.AwsClients;
import dev.promptlab.aws.LazyAwsClient;
import dev.promptlab.config.Environment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.rdsdata.RdsDataClient;
import software.amazon.awssdk.services.rdsdata.model.ColumnMetadata;
import software.amazon.awssdk.services.rdsdata.model.ExecuteStatementResponse;

/**
 * The database, one statement a call, each its own transaction. Settings: {@code
 * DATABASE_RESOURCE_ARN}, {@code DATABASE_SECRET_ARN}, {@code DATABASE_NAME}, {@code
 * AWS_ENDPOINT_URL_RDS_DATA}. The client's own retries may repeat a statement whose answer was
 * lost: statements must bear that. Thread-safe.
 */
public final class DataApi implements AutoCloseable {
  private static final String ENDPOINT = "AWS_ENDPOINT_URL_RDS_DATA";

  private final LazyAwsClient<RdsDataClient> client;
  private final String resourceArn;
  private final String secretArn;
  private final String database;

  /**
   * Opens nothing yet.
   *
   * @param callTimeout for one call, retries included
   */
  public DataApi(Environment environment, Duration callTimeout) {
    this.resourceArn = environment.requiredText("DATABASE_RESOURCE_ARN");
    this.secretArn = environment.requiredText("DATABASE_SECRET_ARN");
    this.database = environment.requiredText("DATABASE_NAME");
    this.client =
        new LazyAwsClient<>(
            environment,
            ENDPOINT,
            () -> AwsClients.build(RdsDataClient.builder(), environment, ENDPOINT, callTimeout));
  }

  /**
   * All rows of the answer.
   *
   * @throws DatabaseUnavailableException if the statement did not succeed
   */
  public List<Row> query(Statement statement) {
    ExecuteStatementResponse response;
    try {
      response =
          client
              .get()
              .executeStatement(
                  request ->
                      request
                          .resourceArn(resourceArn)
                          .secretArn(secretArn)
                          .database(database)
                          .sql(statement.sql())
                          .parameters(statement.parameters())
                          .includeResultMetadata(true));
    } catch (SdkException e) {
      throw new DatabaseUnavailableException(e);
    }
    Map<String, Integer> columns = HashMap.newHashMap(response.columnMetadata().size());
    for (ColumnMetadata column : response.columnMetadata()) {
      columns.put(column.label(), columns.size());
    }
    return response.records().stream().map(fields -> new Row(columns, fields)).toList();
  }

  /** The only row, if there is one. */
  public Optional<Row> queryOne(Statement statement) {
    List<Row> rows = query(statement);
    if (rows.size() > 1) {
      throw new IllegalStateException("more than one row");
    }
    return rows.stream().findFirst();
  }

  /**
   * Asks the database whether it is there.
   *
   * @throws DatabaseUnavailableException if it is not
   */
  public void check() {
    query(Statement.of("select 1 as one"));
  }

  @Override
  public void close() {
    client.close();
  }
}
