package dev.promptlab.testing;

import dev.promptlab.config.Environment;
import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRdsData;
import dev.promptlab.rdsdata.DataApi;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A migrated PostgreSQL behind a Data API endpoint. */
public final class LocalDatabase implements AutoCloseable {
  private final LocalPostgres postgres = LocalPostgres.start(Optional.empty());
  private final LocalRdsData endpoint;
  private final DataApi dataApi;

  public LocalDatabase() {
    postgres.migrate();
    endpoint = LocalRdsData.start(postgres.dataSource());
    dataApi =
        new DataApi(
            Environment.of(
                Map.of(
                    "AWS_ENDPOINT_URL_RDS_DATA",
                    endpoint.endpoint().toString(),
                    "AWS_REGION",
                    "us-east-1",
                    "AWS_ACCESS_KEY_ID",
                    "test",
                    "AWS_SECRET_ACCESS_KEY",
                    "test",
                    "DATABASE_RESOURCE_ARN",
                    LocalRdsData.RESOURCE_ARN,
                    "DATABASE_SECRET_ARN",
                    LocalRdsData.SECRET_ARN,
                    "DATABASE_NAME",
                    LocalPostgres.DATABASE)),
            Duration.ofSeconds(20));
  }

  public DataApi dataApi() {
    return dataApi;
  }

  @Override
  public void close() {
    dataApi.close();
    endpoint.close();
    postgres.close();
  }
}
