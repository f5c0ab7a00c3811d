package dev.promptlab.local.emulator;

import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRdsData;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.LocalServicesException;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The program that {@code scripts/deploy --emulator} starts beside the emulator: a real Redis, a
 * real PostgreSQL with an empty database, the RDS Data API over it, and the stand-in LLM. Prints
 * where they are, as settings, then {@code ready}; ends with its standard input, so with whoever
 * has started it. Nothing is kept.
 *
 * <p>The Data API is not the emulator's: that accepts a UUID without its type hint, refuses {@code
 * LIKE '%…'}, gives no SQLState, and so would hide what Aurora refuses and refuse what Aurora
 * takes.
 */
public final class EmulatorServers {
  private EmulatorServers() {}

  public static void main(String[] arguments) throws IOException {
    // Redis first and alone: its program is unpacked while no other process is forked.
    try (LocalRedis redis = LocalRedis.start(Optional.empty());
        LocalPostgres postgres = LocalPostgres.start(Optional.empty());
        LocalRdsData dataApi = LocalRdsData.start(postgres.dataSource());
        StandInLlm llm = StandInLlm.start()) {
      System.out.println("REDIS_URL=" + redis.url());
      System.out.println("AWS_ENDPOINT_URL_RDS_DATA=" + dataApi.endpoint());
      System.out.println("DATABASE_RESOURCE_ARN=" + LocalRdsData.RESOURCE_ARN);
      System.out.println("DATABASE_SECRET_ARN=" + LocalRdsData.SECRET_ARN);
      System.out.println("DATABASE_NAME=" + LocalPostgres.DATABASE);
      System.out.println("LLM_URL=" + llm.baseUrl());
      System.out.println("ready");
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (LocalServicesException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
