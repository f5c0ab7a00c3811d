package dev.promptlab.local.server.reference;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.LocalPromptLab;
import dev.promptlab.local.server.Parts;
import dev.promptlab.local.server.RunLocalOptions;
import dev.promptlab.local.server.StartFailedException;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.StandInLlm;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A local PromptLab with a Redis for limits and one for the cache, whose keys, channels and
 * settings are noted.
 */
final class ObservedPromptLab implements AutoCloseable {
  private final Parts parts = new Parts();
  private final KeySecret adminKey = KeySecret.generate();
  private final Map<String, RedisCommands<String, String>> redis = new TreeMap<>();
  private final Map<String, Key> keys = new TreeMap<>();
  private final Map<String, String> messages = new ConcurrentHashMap<>();
  private final SettingsRecorder user;
  private final LocalPromptLab promptLab;
  private final DataApi database;

  /**
   * A key of Redis as it was seen when it had most time to live.
   *
   * @param on limits or cache
   * @param millis to live; -1 for ever
   */
  record Key(String on, String type, long millis) {}

  ObservedPromptLab(UnaryOperator<String> llm) {
    StandInLlm standIn = parts.add(StandInLlm.start(new StandInLlm.Options(Duration.ZERO, llm)));
    Map<String, String> settings =
        new TreeMap<>(DeployedFunction.providersAt(standIn.baseUrl().toString()));
    settings.put("REDIS_URL", observed("limits"));
    settings.put("REDIS_CACHE_URL", observed("cache"));
    settings.put("PROVIDER_CALLS_PER_MINUTE", "anthropic=1000");
    settings.put("PROVIDER_CALLS_AT_A_TIME", "anthropic=100");
    user = new SettingsRecorder(settings);
    promptLab = parts.add(started(user));
    database = parts.add(new DataApi(Environment.of(environment()), Duration.ofSeconds(10)));
  }

  private String observed(String name) {
    String url = parts.add(LocalRedis.start(Optional.empty())).url().toString();
    RedisClient client = parts.add(RedisClient.create(url));
    redis.put(name, client.connect().sync());
    StatefulRedisPubSubConnection<String, String> channels = client.connectPubSub();
    channels.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String pattern, String channel, String message) {
            messages.put(channel, name + " " + message);
          }
        });
    channels.sync().psubscribe("*");
    return url;
  }

  private LocalPromptLab started(Environment environment) {
    try {
      return LocalPromptLab.start(
          new RunLocalOptions("127.0.0.1", 0, Optional.empty(), true),
          environment,
          adminKey,
          _ -> {});
    } catch (StartFailedException e) {
      parts.close();
      throw new IllegalStateException(e);
    }
  }

  String url(String target) {
    return "http://127.0.0.1:" + promptLab.address().getPort() + target;
  }

  String adminKey() {
    return adminKey.reveal();
  }

  /** What the functions got. */
  Map<String, String> environment() {
    return promptLab.environment();
  }

  /** What was read of the user's environment. */
  Set<String> userSettings() {
    return user.names();
  }

  List<Row> query(String sql) {
    return database.query(Statement.of(sql));
  }

  /** Notes the keys that there are now. */
  synchronized void look() {
    redis.forEach(
        (name, commands) -> {
          for (String key : commands.keys("*")) {
            String type = commands.type(key);
            long millis = commands.pttl(key);
            // Else it has gone meanwhile.
            if (!type.equals("none") && millis != -2) {
              keys.merge(
                  key,
                  new Key(name, type, millis),
                  (old, now) -> now.millis() > old.millis() ? now : old);
            }
          }
        });
  }

  /** All that have ever been seen, by name. */
  synchronized Map<String, Key> keys() {
    return Map.copyOf(keys);
  }

  /** Each channel with its last message, after the name of the Redis that it was on. */
  Map<String, String> messages() {
    return messages;
  }

  @Override
  public void close() {
    parts.close();
  }
}
