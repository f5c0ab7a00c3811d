package dev.promptlab.cache.rdsdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.InvalidationContract;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.rdsdata.RdsDataJobRuns;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.testing.LocalDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RdsDataInvalidationStoreIT extends InvalidationContract {
  private static LocalDatabase database;

  @BeforeAll
  static void start() {
    database = new LocalDatabase();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Override
  protected InvalidationStore invalidations() {
    return new RdsDataInvalidationStore(
        database.dataApi(), Duration.ofHours(1), Duration.ofMinutes(10));
  }

  @Override
  protected JobStore store() {
    return new RdsDataJobStore(database.dataApi(), Optional.empty());
  }

  @Override
  protected JobRuns runs() {
    return new RdsDataJobRuns(database.dataApi());
  }

  @Test
  void forgetsAnInvalidation_onceNothingCanFallUnderIt() {
    invalidations().invalidate(new InvalidationStore.Target.Template("summarise"), "a test");
    assertThat(invalidations().current().rows()).isNotEmpty();
    database
        .dataApi()
        .query(Statement.of("update invalidation set expires_at = clock_timestamp()"));
    assertThat(invalidations().current()).isEqualTo(new Invalidations(List.of()));
    runs().eraseOld(30, 10);
    assertThat(
            database
                .dataApi()
                .query(Statement.of("select count(*) as n from invalidation"))
                .getFirst()
                .number("n"))
        .isZero();
  }

  @Test
  void matchesPatternsAsTheProcessDoes() {
    for (String glob :
        new String[] {"*", "gen:job:hash:[0-7]*", "gen:job:hash:[^0-7]*", "gen:job:hash:?a*"}) {
      invalidations().invalidate(new InvalidationStore.Target.Keys(new KeyPattern(glob)), "a test");
    }
    String hex = "0a".repeat(32);
    assertThat(
            database
                .dataApi()
                .query(
                    Statement.of(
                            "select key_pattern, invalidation_matches(i, 't', :hash) as matches"
                                + " from invalidation i where key_pattern is not null")
                        .text("hash", hex)))
        .allSatisfy(
            row ->
                assertThat(row.flag("matches"))
                    .isEqualTo(
                        new KeyPattern(row.text("key_pattern")).matches(new InputHash(hex))));
  }
}
