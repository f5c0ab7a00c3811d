package dev.promptlab.bench.inprocess;

import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.config.Environment;
import dev.promptlab.local.services.LocalServices;
import dev.promptlab.local.services.LocalServicesSettings;
import dev.promptlab.rdsdata.DataApi;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Redis, PostgreSQL, SQS and the Data API, for handlers that are measured in other JVMs. */
public final class BenchServers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LocalServices services;
  private final Map<String, String> environment;

  private BenchServers(LocalServices services, Map<String, String> environment) {
    this.services = services;
    this.environment = environment;
  }

  /**
   * Starts them.
   *
   * @param settings of the function, over those that every measured one has
   */
  public static BenchServers start(Map<String, String> settings) {
    LocalServices services =
        LocalServices.start(LocalServicesSettings.embedded(), System.err::println);
    Map<String, String> environment = new TreeMap<>(services.environment());
    environment.put("PROVIDERS", "anthropic");
    environment.put("ANTHROPIC_API_KEY", "none");
    // A pause of this machine is to be seen in the times, and not to end the measurement.
    environment.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    environment.putAll(settings);
    return new BenchServers(services, Map.copyOf(environment));
  }

  /** With which a function finds them. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Makes the keys of callers 0, 1, …, each of an account of its own: {@link Callers#key}. */
  public void addKeys(int callers) {
    try (DataApi database = new DataApi(Environment.of(environment), PATIENCE)) {
      RdsDataAccountStore accounts = new RdsDataAccountStore(database);
      for (int caller = 0; caller < callers; caller++) {
        KeySecret key = Callers.key(caller);
        AccountStore.Creation created =
            accounts.create(
                UUID.randomUUID(),
                key.hash(),
                "bench-" + caller,
                Tier.ENTERPRISE,
                Role.CALLER,
                Optional.empty());
        if (!(created instanceof AccountStore.Creation.Created)) {
          throw new IllegalStateException("no key for caller " + caller + ": " + created);
        }
      }
    }
  }

  @Override
  public void close() {
    services.close();
  }
}
