package dev.promptlab.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.AccountStore.Creation;
import dev.promptlab.accounts.AccountStore.Rotation;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every account store does. */
public abstract class AccountStoreContract {
  private final String account = "acct-" + UUID.randomUUID();

  protected abstract AccountStore store();

  protected abstract Clock clock();

  private static KeyHash hash() {
    return KeySecret.generate().hash();
  }

  private ApiKey created(KeyHash hash, Optional<Instant> expiresAt) {
    return ((Creation.Created)
            store().create(UUID.randomUUID(), hash, account, Tier.PRO, Role.CALLER, expiresAt))
        .key()
        .value();
  }

  private ApiKey created(KeyHash hash) {
    return created(hash, Optional.empty());
  }

  @Test
  void findsAKeyByItsHashAlone() {
    KeyHash hash = hash();
    ApiKey key = created(hash);
    assertThat(store().find(hash)).contains(key);
    assertThat(key.account()).isEqualTo(account);
    assertThat(key.tier()).isEqualTo(Tier.PRO);
    assertThat(key.role()).isEqualTo(Role.CALLER);
    assertThat(store().find(hash())).isEmpty();
    assertThat(store().account(account)).contains(new Account(account, Tier.PRO, Optional.empty()));
  }

  @Test
  void makesOneKey_ofARepeatedCall() {
    KeyHash hash = hash();
    UUID keyId = UUID.randomUUID();
    Creation first = store().create(keyId, hash, account, Tier.PRO, Role.ADMIN, Optional.empty());
    Creation second = store().create(keyId, hash, account, Tier.PRO, Role.ADMIN, Optional.empty());
    assertThat(((Creation.Created) second).key().value())
        .isEqualTo(((Creation.Created) first).key().value());
    assertThat(((Creation.Created) second).key().changeId())
        .isGreaterThan(((Creation.Created) first).key().changeId());
  }

  @Test
  void makesNoKey_whenTheAccountHasAnotherTier() {
    created(hash());
    KeyHash hash = hash();
    assertThat(
            store()
                .create(UUID.randomUUID(), hash, account, Tier.FREE, Role.CALLER, Optional.empty()))
        .isEqualTo(new Creation.OtherTier(Tier.PRO));
    assertThat(store().find(hash)).isEmpty();
  }

  @Test
  void revokesAKey_andItAlone() {
    KeyHash hash = hash();
    KeyHash other = hash();
    ApiKey key = created(hash);
    created(other);
    assertThat(store().revoke(key.keyId()).orElseThrow().value()).isEqualTo(key.keyId());
    assertThat(store().find(hash)).isEmpty();
    assertThat(store().find(other)).isPresent();
    assertThat(store().revoke(key.keyId())).as("a repeat").isPresent();
    assertThat(store().revoke(UUID.randomUUID())).isEmpty();
  }

  @Test
  void leavesAnExpiredKeyToBeJudgedByItsTime() {
    KeyHash hash = hash();
    Instant end = clock().instant().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    created(hash, Optional.of(end));
    ApiKey key = store().find(hash).orElseThrow();
    assertThat(key.expiresAt()).contains(end);
    assertThat(key.goodAt(end.minusMillis(1))).isTrue();
    assertThat(key.goodAt(end)).isFalse();
  }

  @Test
  void rotatesAKey_whichStaysGoodForTheGrace() {
    KeyHash oldHash = hash();
    KeyHash newHash = hash();
    ApiKey old = created(oldHash);
    Rotation rotation =
        store().rotate(old.keyId(), UUID.randomUUID(), newHash, Duration.ofMinutes(5));
    ApiKey fresh = ((Rotation.Rotated) rotation).key().value();
    assertThat(store().find(newHash)).contains(fresh);
    assertThat(fresh.account()).isEqualTo(account);
    assertThat(fresh.tier()).isEqualTo(Tier.PRO);
    assertThat(fresh.expiresAt()).isEmpty();
    Instant end = store().find(oldHash).orElseThrow().expiresAt().orElseThrow();
    assertThat(Duration.between(clock().instant(), end))
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
  }

  @Test
  void rotatesToNoLongerLife_thanTheOldKeyHad() {
    Instant end = clock().instant().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    KeyHash oldHash = hash();
    ApiKey old = created(oldHash, Optional.of(end));
    KeyHash newHash = hash();
    store().rotate(old.keyId(), UUID.randomUUID(), newHash, Duration.ofDays(1));
    assertThat(store().find(oldHash).orElseThrow().expiresAt()).contains(end);
    assertThat(store().find(newHash).orElseThrow().expiresAt()).contains(end);
  }

  @Test
  void givesAKeyItsFullLife_thatReplacesOneInItsGrace() {
    ApiKey old = created(hash());
    store().rotate(old.keyId(), UUID.randomUUID(), hash(), Duration.ofMinutes(5));
    Rotation again = store().rotate(old.keyId(), UUID.randomUUID(), hash(), Duration.ofDays(1));
    assertThat(((Rotation.Rotated) again).key().value().expiresAt()).isEmpty();
  }

  @Test
  void rotatesOnce_whenTheCallIsRepeated() {
    ApiKey old = created(hash());
    UUID newId = UUID.randomUUID();
    KeyHash newHash = hash();
    store().rotate(old.keyId(), newId, newHash, Duration.ZERO);
    assertThat(store().rotate(old.keyId(), newId, newHash, Duration.ZERO))
        .isInstanceOfSatisfying(
            Rotation.Rotated.class, it -> assertThat(it.key().value().keyId()).isEqualTo(newId));
  }

  @Test
  void rotatesNoKey_thatIsNotGoodAnyMore() {
    ApiKey revoked = created(hash());
    store().revoke(revoked.keyId());
    assertThat(store().rotate(revoked.keyId(), UUID.randomUUID(), hash(), Duration.ZERO))
        .isEqualTo(new Rotation.Inactive());
    ApiKey replaced = created(hash());
    store().rotate(replaced.keyId(), UUID.randomUUID(), hash(), Duration.ZERO);
    assertThat(store().rotate(replaced.keyId(), UUID.randomUUID(), hash(), Duration.ZERO))
        .isEqualTo(new Rotation.Inactive());
    assertThat(store().rotate(UUID.randomUUID(), UUID.randomUUID(), hash(), Duration.ZERO))
        .isEqualTo(new Rotation.Missing());
  }

  @Test
  void changesAnAccountsTerms_forAllItsKeys() {
    KeyHash hash = hash();
    created(hash);
    Account capped = new Account(account, Tier.ENTERPRISE, Optional.of(new UsdAmount(7)));
    assertThat(store().put(capped).value()).as("created").isFalse();
    assertThat(store().account(account)).contains(capped);
    assertThat(store().find(hash).orElseThrow().tier()).isEqualTo(Tier.ENTERPRISE);
    Account other = new Account(account + "-2", Tier.FREE, Optional.empty());
    assertThat(store().put(other).value()).as("created").isTrue();
    assertThat(store().account(other.account())).contains(other);
  }

  @Test
  void addsAnAdminKeyOnce_evenIfItIsRevoked() {
    KeyHash hash = hash();
    store().addAdminKey(UUID.randomUUID(), hash);
    ApiKey key = store().find(hash).orElseThrow();
    assertThat(key.role()).isEqualTo(Role.ADMIN);
    assertThat(key.account()).isEqualTo("admin");
    store().addAdminKey(UUID.randomUUID(), hash);
    assertThat(store().find(hash)).contains(key);
    store().revoke(key.keyId());
    store().addAdminKey(UUID.randomUUID(), hash);
    assertThat(store().find(hash)).isEmpty();
  }

  @Test
  void listsTheNewestKeysFirst_pageByPage() {
    ApiKey first = created(hash());
    ApiKey second = created(hash());
    store().revoke(first.keyId());
    List<ApiKey> all = new ArrayList<>();
    Optional<UUID> after = Optional.empty();
    boolean more = true;
    while (more) {
      Page<ApiKey> page = store().keys(after, 2);
      all.addAll(page.items());
      after = Optional.of(page.items().getLast().keyId());
      more = page.more();
    }
    assertThat(all).extracting(ApiKey::keyId).doesNotHaveDuplicates();
    List<ApiKey> own = all.stream().filter(key -> key.account().equals(account)).toList();
    assertThat(own)
        .extracting(ApiKey::keyId)
        .containsExactlyInAnyOrder(first.keyId(), second.keyId());
    assertThat(own).filteredOn(key -> key.revokedAt().isPresent()).hasSize(1);
  }
}
