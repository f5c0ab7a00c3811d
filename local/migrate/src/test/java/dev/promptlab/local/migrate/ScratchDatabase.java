package dev.promptlab.local.migrate;

import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRdsData;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A new database, empty or migrated, behind a Data API of its own; one PostgreSQL has all of them.
 */
final class ScratchDatabase implements AutoCloseable {
  private static final LocalPostgres POSTGRES = LocalPostgres.start(Optional.empty());
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Everything that migrations make, but for their own history, as sorted texts. */
  private static final String SCHEMA =
      """
      with own as (
        select c.oid, c.relname, c.relkind from pg_class c
        where c.relnamespace = 'public'::regnamespace
          and c.relname not like 'flyway_schema_history%' and c.relname not like 'schema_version%')
      select format('column %s.%s %s %s %s %s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod),
          a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
        from own o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
      union all
      select format('relation %s %s', o.relname, o.relkind) from own o
      union all
      select format('constraint %s %s %s', o.relname, c.conname, pg_get_constraintdef(c.oid))
        from own o join pg_constraint c on c.conrelid = o.oid
      union all
      select format('index %s', pg_get_indexdef(o.oid)) from own o where o.relkind = 'i'
      union all
      select format('trigger %s', pg_get_triggerdef(t.oid)) from own o join pg_trigger t on t.tgrelid = o.oid
        where not t.tgisinternal
      union all
      select format('function %s', pg_get_functiondef(p.oid)) from pg_proc p
        where p.pronamespace = 'public'::regnamespace
      union all
      select format('template %s', to_jsonb(t)) from template t
      union all
      select format('version %s', to_jsonb(v) - 'updated_at') from template_version v
      order by 1
      """;

  private final String name;
  private final LocalRdsData dataApi;

  ScratchDatabase() {
    this("template1");
  }

  /** Another one that all migrations have been applied to. */
  static ScratchDatabase migrated() {
    return new ScratchDatabase(Migrated.NAME);
  }

  /** Made when the first test wants one, and copied then. */
  private static final class Migrated {
    static final String NAME = migrate();

    private static String migrate() {
      try (ScratchDatabase database = new ScratchDatabase()) {
        Run run = Run.of(MigrationFolders.OWN, database.settings());
        if (run.failure().isPresent()) {
          throw new IllegalStateException(run.output());
        }
        return database.name;
      }
    }
  }

  private ScratchDatabase(String original) {
    name = "scratch_" + NUMBER.incrementAndGet();
    try (Connection connection = POSTGRES.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database %s template %s".formatted(name, original));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    dataApi = LocalRdsData.start(source());
  }

  /** The one that run-local would migrate. */
  static LocalPostgres postgres() {
    return POSTGRES;
  }

  static PGSimpleDataSource source(LocalPostgres postgres, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.jdbcUrl());
    source.setDatabaseName(database);
    return source;
  }

  private PGSimpleDataSource source() {
    return source(POSTGRES, name);
  }

  URI dataApi() {
    return dataApi.endpoint();
  }

  /** The settings of a run that migrates it. */
  Map<String, String> settings() {
    return settings(dataApi.endpoint());
  }

  /** The same, by way of another endpoint. */
  Map<String, String> settings(URI endpoint) {
    return settings(name, endpoint);
  }

  static Map<String, String> settings(String database, URI dataApi) {
    Map<String, String> settings = new HashMap<>();
    settings.put("AWS_ENDPOINT_URL_RDS_DATA", dataApi.toString());
    settings.put("AWS_ACCESS_KEY_ID", "test");
    settings.put("AWS_SECRET_ACCESS_KEY", "test");
    settings.put("DATABASE_RESOURCE_ARN", LocalRdsData.RESOURCE_ARN);
    settings.put("DATABASE_SECRET_ARN", LocalRdsData.SECRET_ARN);
    settings.put("DATABASE_NAME", database);
    return settings;
  }

  List<String> schema() {
    return texts(source(), SCHEMA);
  }

  static List<String> schemaOf(LocalPostgres postgres) {
    return texts(source(postgres, LocalPostgres.DATABASE), SCHEMA);
  }

  /** The first column of a query's rows. */
  List<String> texts(String query) {
    return texts(source(), query);
  }

  private static List<String> texts(PGSimpleDataSource source, String query) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    dataApi.close();
  }
}
