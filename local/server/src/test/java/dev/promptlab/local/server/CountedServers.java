package dev.promptlab.local.server;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The servers of a running PromptLab behind proxies that count round trips, for functions that a
 * test makes itself.
 */
final class CountedServers implements AutoCloseable {
  /** So often was something asked. */
  record Asked(int redis, int database, int queue) {
    Asked since(Asked before) {
      return new Asked(redis - before.redis, database - before.database, queue - before.queue);
    }
  }

  private final Parts parts = new Parts();
  private final Map<String, String> settings = new TreeMap<>();
  private final FaultyProxy redis;
  private final FaultyProxy database;
  private final FaultyProxy queue;

  CountedServers(RunningPromptLab promptLab) {
    settings.putAll(promptLab.promptLab().environment());
    redis = parts.add(FaultyProxy.start(promptLab.redis().port()));
    settings.put("REDIS_URL", "redis://127.0.0.1:" + redis.port());
    database = behindProxy("AWS_ENDPOINT_URL_RDS_DATA");
    queue = behindProxy("AWS_ENDPOINT_URL_SQS");
    // The machine may be busy; what an outage looks like is tested with one.
    settings.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    settings.put("RATE_LIMITS", "anonymous=1000000");
  }

  private FaultyProxy behindProxy(String setting) {
    FaultyProxy proxy = parts.add(FaultyProxy.start(URI.create(setting(setting)).getPort()));
    settings.put(setting, "http://127.0.0.1:" + proxy.port());
    return proxy;
  }

  /** A function's settings, with one more or another one. */
  Map<String, String> settingsWith(String name, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(name, value);
    return all;
  }

  Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  /** One that there is. */
  String setting(String name) {
    return Objects.requireNonNull(settings.get(name), name);
  }

  FaultyProxy redis() {
    return redis;
  }

  Asked asked() {
    return new Asked(redis.roundTrips(), database.roundTrips(), queue.roundTrips());
  }

  @Override
  public void close() {
    parts.close();
  }
}
