package dev.promptlab.local.services;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.rdsdata.RdsDataClient;
import software.amazon.awssdk.services.rdsdata.model.ExecuteStatementRequest;
import software.amazon.awssdk.services.rdsdata.model.ExecuteStatementResponse;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;

/** The Data API as the tests call it: the SDK's own client over one PostgreSQL for all of them. */
final class DataApi {
  private static final LocalPostgres POSTGRES = LocalPostgres.start(Optional.empty());
  private static final LocalRdsData SHARED = LocalRdsData.start(POSTGRES.dataSource());

  private final URI endpoint;
  private final RdsDataClient client;

  private DataApi(URI endpoint) {
    this.endpoint = endpoint;
    this.client =
        RdsDataClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(
                override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
  }

  static DataApi shared() {
    return new DataApi(SHARED.endpoint());
  }

  static DataApi at(LocalRdsData server) {
    return new DataApi(server.endpoint());
  }

  static LocalPostgres postgres() {
    return POSTGRES;
  }

  URI endpoint() {
    return endpoint;
  }

  RdsDataClient client() {
    return client;
  }

  static ExecuteStatementRequest.Builder request(String sql, SqlParameter... parameters) {
    return ExecuteStatementRequest.builder()
        .resourceArn(LocalRdsData.RESOURCE_ARN)
        .secretArn(LocalRdsData.SECRET_ARN)
        .database(LocalPostgres.DATABASE)
        .sql(sql)
        .parameters(parameters);
  }

  ExecuteStatementResponse execute(String sql, SqlParameter... parameters) {
    return client.executeStatement(request(sql, parameters).build());
  }

  /** The first field of the first row. */
  Field value(String sql, SqlParameter... parameters) {
    return execute(sql, parameters).records().getFirst().getFirst();
  }

  String begin() {
    return client
        .beginTransaction(
            request ->
                request.resourceArn(LocalRdsData.RESOURCE_ARN).secretArn(LocalRdsData.SECRET_ARN))
        .transactionId();
  }

  ExecuteStatementResponse within(String transaction, String sql) {
    return client.executeStatement(request(sql).transactionId(transaction).build());
  }

  String commit(String transaction) {
    return client
        .commitTransaction(
            request ->
                request
                    .resourceArn(LocalRdsData.RESOURCE_ARN)
                    .secretArn(LocalRdsData.SECRET_ARN)
                    .transactionId(transaction))
        .transactionStatus();
  }

  String rollback(String transaction) {
    return client
        .rollbackTransaction(
            request ->
                request
                    .resourceArn(LocalRdsData.RESOURCE_ARN)
                    .secretArn(LocalRdsData.SECRET_ARN)
                    .transactionId(transaction))
        .transactionStatus();
  }

  static SqlParameter parameter(String name, Field value) {
    return SqlParameter.builder().name(name).value(value).build();
  }

  static SqlParameter hinted(String name, String hint, String value) {
    return SqlParameter.builder()
        .name(name)
        .typeHint(hint)
        .value(Field.fromStringValue(value))
        .build();
  }
}
