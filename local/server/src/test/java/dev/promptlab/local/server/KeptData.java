package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What database and Redis keep, asked for past the functions; and ways to disturb the database. */
record KeptData(SharedServers servers) {
  /** Each row of each table, and each value of Redis. */
  List<String> all() throws Exception {
    List<String> kept = new ArrayList<>();
    try (Connection connection = connect("promptlab")) {
      for (String table :
          column(
              connection,
              "select quote_ident(table_name) from information_schema.tables where table_schema = 'public'")) {
        kept.addAll(column(connection, "select t::text from %s t".formatted(table)));
      }
    }
    assertThat(kept).as("rows").isNotEmpty();
    try (RedisClient client = RedisClient.create(servers.redis().url().toString());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      for (String name : redis.keys("*")) {
        kept.add(
            name
                + " "
                + switch (redis.type(name)) {
                  case "string" -> redis.get(name);
                  case "zset" -> redis.zrange(name, 0, -1);
                  case "hash" -> redis.hgetall(name);
                  case "set" -> redis.smembers(name);
                  case "list" -> redis.lrange(name, 0, -1);
                  default -> throw new IllegalStateException("a type of key that this cannot read");
                });
      }
    }
    return kept;
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  void letDatabaseIn(boolean reachable) throws SQLException {
    execute("postgres", "alter database promptlab with allow_connections " + reachable);
    if (!reachable) {
      execute(
          "postgres",
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'promptlab'");
    }
  }

  void execute(String database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        servers.postgres().jdbcUrl().replace("/promptlab?", "/" + database + "?"));
  }
}
