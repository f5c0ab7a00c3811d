package dev.promptlab.accounts.rdsdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.AccountStoreContract;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.epoch.rdsdata.RdsDataChangeLog;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.testing.LocalDatabase;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RdsDataAccountStoreIT extends AccountStoreContract {
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
  protected AccountStore store() {
    return new RdsDataAccountStore(database.dataApi());
  }

  @Override
  protected Clock clock() {
    return Clock.systemUTC();
  }

  @Test
  void keepsNothingOfASecretButItsHash() {
    KeySecret secret = KeySecret.generate();
    store().addAdminKey(UUID.randomUUID(), secret.hash());
    String rows =
        database
            .dataApi()
            .query(
                Statement.of(
                    "select coalesce(string_agg(k::text, ' '), '') as all_of_them from api_key k"))
            .getFirst()
            .text("all_of_them");
    assertThat(rows).contains(secret.hash().hex()).doesNotContain(secret.reveal());
  }

  @Test
  void leavesEachChangeToBeTold_untilItWas() {
    ChangeLog log = new RdsDataChangeLog(database.dataApi());
    log.told(log.pending());
    long change = store().revoke(newKey()).orElseThrow().changeId();
    assertThat(log.pending()).contains(change);
    log.told(List.of(change));
    assertThat(log.pending()).isNotEmpty().doesNotContain(change);
    log.told(log.pending());
    assertThat(log.pending()).isEmpty();
  }

  private UUID newKey() {
    KeySecret secret = KeySecret.generate();
    store().addAdminKey(UUID.randomUUID(), secret.hash());
    return store().find(secret.hash()).orElseThrow().keyId();
  }
}
