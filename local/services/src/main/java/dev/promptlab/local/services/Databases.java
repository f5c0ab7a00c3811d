package dev.promptlab.local.services;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL databases by their URLs: connections and migrations. */
final class Databases {
  private static final int CONNECT_SECONDS = 5;

  private Databases() {}

  static DataSource source(String jdbcUrl) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl);
    source.setApplicationName("promptlab");
    source.setConnectTimeout(CONNECT_SECONDS);
    return source;
  }

  static void migrate(DataSource source) {
    refuseDeployed(source);
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          .failOnMissingLocations(false)
          // A database of the user's own may hold other tables already.
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new LocalServicesException(
          "The database could not be migrated: " + LocalServicesException.reason(e), e);
    }
  }

  // Flyway's history and that of scripts/migrate know nothing of each other.
  private static void refuseDeployed(DataSource source) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT FROM information_schema.columns WHERE table_schema = current_schema()"
                    + " AND table_name = 'schema_version' AND column_name = 'checksum'")) {
      if (found.next()) {
        throw new LocalServicesException(
            "scripts/migrate keeps this database's schema, as its table schema_version says: leave it to that, or give a database of its own.");
      }
    } catch (SQLException e) {
      throw new LocalServicesException(
          "The database could not be migrated: " + LocalServicesException.reason(e), e);
    }
  }

  /**
   * Connects once and gives the database's name.
   *
   * @throws LocalServicesException if that is not possible
   */
  static String name(String jdbcUrl) {
    try (Connection connection = source(jdbcUrl).getConnection()) {
      return connection.getCatalog();
    } catch (SQLException e) {
      throw new LocalServicesException(
          "DATABASE_URL cannot be used (%s): start that PostgreSQL or correct the URL, or leave it out for the built-in one."
              .formatted(LocalServicesException.reason(e)),
          e);
    }
  }

  /**
   * Gives the JDBC form of a database's URL.
   *
   * @param url {@code jdbc:postgresql://…}, or {@code postgresql://user:password@host:port/name}
   * @throws LocalServicesException if it is neither
   */
  static String jdbcUrl(String url) {
    if (url.startsWith("jdbc:postgresql:")) {
      return url;
    }
    try {
      URI uri = new URI(url);
      if (uri.getHost() != null && List.of("postgresql", "postgres").contains(uri.getScheme())) {
        return jdbcUrl(uri);
      }
    } catch (URISyntaxException e) {
      throw notUsable(e.getReason());
    }
    throw notUsable("it has another scheme or no host");
  }

  private static String jdbcUrl(URI uri) {
    StringBuilder jdbc = new StringBuilder("jdbc:postgresql://").append(uri.getHost());
    if (uri.getPort() >= 0) {
      jdbc.append(':').append(uri.getPort());
    }
    jdbc.append(uri.getRawPath().isEmpty() ? "/" : uri.getRawPath());
    String separator = "?";
    if (uri.getRawQuery() != null) {
      jdbc.append(separator).append(uri.getRawQuery());
      separator = "&";
    }
    if (uri.getUserInfo() != null) {
      String[] user = uri.getUserInfo().split(":", 2);
      jdbc.append(separator).append("user=").append(encode(user[0]));
      if (user.length == 2) {
        jdbc.append("&password=").append(encode(user[1]));
      }
    }
    return jdbc.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  // The URL itself may hold a password and is not shown.
  private static LocalServicesException notUsable(String why) {
    return new LocalServicesException(
        "DATABASE_URL is not a PostgreSQL URL (%s): write postgresql://user:password@host:5432/name."
            .formatted(why));
  }
}
