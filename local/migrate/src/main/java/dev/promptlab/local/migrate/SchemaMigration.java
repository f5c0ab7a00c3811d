package dev.promptlab.local.migrate;

import dev.promptlab.local.migrate.DeployedDatabase.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.RdsDataException;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;

/**
 * Applies numbered SQL files, each once and in a transaction of its own, and records them in the
 * table {@code schema_version}. Safe beside itself: a lock lets one run at a time look at what is
 * to be done and do it.
 */
final class SchemaMigration {
  private static final String LOCK =
      "select pg_try_advisory_xact_lock(hashtextextended('promptlab schema', 0))";
  private static final String KEPT_BY_FLYWAY =
      "select to_regclass('flyway_schema_history') is not null";
  private static final String MAKE_HISTORY =
      """
      create table if not exists schema_version (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp()
      )
      """;
  private static final String HISTORY =
      "select version, name, checksum from schema_version order by version";
  private static final String RECORD =
      "insert into schema_version (version, name, checksum) values (:version, :name, :checksum)";

  private final DeployedDatabase database;
  private final Patience patience;
  private final Consumer<String> progress;

  SchemaMigration(DeployedDatabase database, Patience patience, Consumer<String> progress) {
    this.database = database;
    this.patience = patience;
    this.progress = progress;
  }

  private record Applied(int version, String name, String checksum) {
    static Applied of(List<Field> row) {
      return new Applied(
          Math.toIntExact(row.getFirst().longValue()),
          row.get(1).stringValue(),
          row.getLast().stringValue());
    }
  }

  /**
   * Applies those of the files that have not been applied yet.
   *
   * @param files all there are, in their order
   * @return how many were applied
   * @throws MigrationException if one fails, or the database has another history than the files
   */
  int apply(List<Migration> files) {
    int count = 0;
    Optional<Migration> done = locked(transaction -> applyNext(transaction, files));
    while (done.isPresent()) {
      count++;
      progress.accept(done.get().name() + " applied");
      done = locked(transaction -> applyNext(transaction, files));
    }
    return count;
  }

  /** What is done under the lock. */
  @FunctionalInterface
  private interface Step {
    Optional<Migration> in(Transaction transaction);
  }

  private Optional<Migration> locked(Step step) {
    Patience.Wait wait = patience.atMost(patience.otherRun());
    boolean told = false;
    while (true) {
      Optional<Optional<Migration>> done =
          database.inTransaction(
              transaction ->
                  transaction.answersTrue(LOCK)
                      ? Optional.of(step.in(transaction))
                      : Optional.empty());
      if (done.isPresent()) {
        return done.get();
      }
      if (!told) {
        progress.accept("Another run migrates this database; waiting for its end ...");
        told = true;
      }
      if (!wait.goesOn()) {
        throw new MigrationException(
            "another run has been migrating this database for %d minutes: see what it does, then try again"
                .formatted(patience.otherRun().toMinutes()));
      }
    }
  }

  private static Optional<Migration> applyNext(Transaction transaction, List<Migration> files) {
    if (transaction.answersTrue(KEPT_BY_FLYWAY)) {
      throw new MigrationException(
          "run-local (Flyway) keeps this database's schema, as its table flyway_schema_history says:"
              + " leave it to that, or give a database of its own");
    }
    transaction.run(MAKE_HISTORY);
    List<Applied> applied = transaction.rows(HISTORY).stream().map(Applied::of).toList();
    refuseAnotherHistory(files, applied);
    if (applied.size() == files.size()) {
      return Optional.empty();
    }
    Migration next = files.get(applied.size());
    next.parts().forEach(part -> run(transaction, next, part));
    transaction.rows(
        RECORD,
        parameter("version", Field.fromLongValue((long) next.version())),
        parameter("name", Field.fromStringValue(next.name())),
        parameter("checksum", Field.fromStringValue(next.checksum())));
    return Optional.of(next);
  }

  private static void refuseAnotherHistory(List<Migration> files, List<Applied> applied) {
    for (int i = 0; i < applied.size(); i++) {
      Applied was = applied.get(i);
      if (i == files.size() || was.version() < files.get(i).version()) {
        throw new MigrationException(
            "%s has been applied to this database, but is not among the files here: use the release that has it"
                .formatted(was.name()));
      }
      Migration file = files.get(i);
      if (file.version() < was.version()) {
        throw new MigrationException(
            "%s has not been applied, but the later %s has: give it the next free number"
                .formatted(file.name(), was.name()));
      }
      if (!file.checksum().equals(was.checksum())) {
        throw new MigrationException(
            "%s was changed after it had been applied: undo that, and put the change into a new file"
                .formatted(file.name()));
      }
    }
  }

  private static void run(Transaction transaction, Migration file, SqlScript.Part part) {
    try {
      transaction.run(part.sql());
    } catch (RdsDataException e) {
      throw failed(file, part, AwsReason.of(e), e);
    } catch (MigrationException e) {
      throw failed(file, part, e.line(), e);
    }
  }

  private static MigrationException failed(
      Migration file, SqlScript.Part part, String why, RuntimeException cause) {
    return new MigrationException(
        "%s, the statement on line %d (%s): %s. Nothing of this file was applied."
            .formatted(file.name(), part.line(), firstLine(part.sql()), why),
        cause);
  }

  private static String firstLine(String sql) {
    String line = sql.lines().findFirst().orElse("").strip();
    return line.length() <= 80 ? line : line.substring(0, 80) + "...";
  }

  private static SqlParameter parameter(String name, Field value) {
    return SqlParameter.builder().name(name).value(value).build();
  }
}
