package dev.promptlab.local.services.rdsdata;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool of connections to the database. Broken ones leave it. Thread-safe. */
final class Connections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final int MOST = 32;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HikariDataSource pool;

  Connections(DataSource source) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setPoolName("rds-data");
    config.setMaximumPoolSize(MOST);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1);
    // The driver would set the JVM's own time zone; the real API's sessions are in UTC.
    config.setConnectionInitSql("SET TIME ZONE 'UTC'");
    this.pool = new HikariDataSource(config);
  }

  /** Takes a connection that commits each statement. */
  Connection take() throws SQLException {
    return pool.getConnection();
  }

  /**
   * Gives a connection back, or closes it for good.
   *
   * @param spent whether its session must not be used again
   */
  void giveBack(Connection connection, boolean spent) throws SQLException {
    if (spent) {
      pool.evictConnection(connection);
    } else {
      connection.close();
    }
  }

  void report(String what, SQLException e) {
    LOG.warn("{}: {}", what, e.getMessage());
  }

  @Override
  public void close() {
    pool.close();
  }
}
