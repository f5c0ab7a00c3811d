package dev.promptlab.accounts;

import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Accounts and keys without a database. */
public final class InMemoryAccountStore implements AccountStore {
  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<UUID, Entry> keys = new LinkedHashMap<>();
  private final Clock clock;
  private Function<String, Spend> spend = _ -> new Spend(UsdAmount.ZERO, UsdAmount.ZERO);
  private int lookUps;
  private long changes;

  /** With its expiry as it was made. */
  private record Entry(KeyHash hash, ApiKey key, Optional<Instant> fullExpiry) {
    Entry(KeyHash hash, ApiKey key) {
      this(hash, key, key.expiresAt());
    }
  }

  public InMemoryAccountStore(Clock clock) {
    this.clock = clock;
  }

  /** Where it reads what has been spent. */
  public void setSpend(Function<String, Spend> source) {
    spend = source;
  }

  /** How often a key was looked up. */
  public synchronized int lookUps() {
    return lookUps;
  }

  @Override
  public synchronized Optional<ApiKey> find(KeyHash hash) {
    lookUps++;
    return keys.values().stream()
        .filter(entry -> entry.hash().equals(hash))
        .map(this::current)
        .filter(key -> key.revokedAt().isEmpty())
        .findFirst();
  }

  /** With the tier that its account has now. */
  private ApiKey current(Entry entry) {
    ApiKey key = entry.key();
    return new ApiKey(
        key.keyId(),
        key.account(),
        Objects.requireNonNull(accounts.get(key.account())).tier(),
        key.role(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt());
  }

  @Override
  public synchronized Optional<Account> account(String account) {
    return Optional.ofNullable(accounts.get(account));
  }

  @Override
  public Spend spendToday(String account) {
    return spend.apply(account);
  }

  @Override
  public synchronized Page<ApiKey> keys(Optional<UUID> after, int limit) {
    List<ApiKey> newest = new ArrayList<>(keys.values().stream().map(this::current).toList());
    newest =
        newest.reversed().stream()
            .dropWhile(key -> after.isPresent() && !key.keyId().equals(after.get()))
            .skip(after.isPresent() ? 1 : 0)
            .limit(limit + 1L)
            .toList();
    return Page.of(newest, limit);
  }

  @Override
  public synchronized Creation create(
      UUID keyId, KeyHash hash, String account, Tier tier, Role role, Optional<Instant> expiresAt) {
    Account known =
        accounts.computeIfAbsent(account, name -> new Account(name, tier, Optional.empty()));
    if (known.tier() != tier) {
      return new Creation.OtherTier(known.tier());
    }
    Entry entry =
        keys.computeIfAbsent(
            keyId,
            _ ->
                new Entry(
                    hash,
                    new ApiKey(keyId, account, tier, role, now(), expiresAt, Optional.empty())));
    return new Creation.Created(committed(current(entry)));
  }

  @Override
  public synchronized Optional<Committed<UUID>> revoke(UUID keyId) {
    Entry entry = keys.get(keyId);
    if (entry == null) {
      return Optional.empty();
    }
    ApiKey key = entry.key();
    replace(entry, key.expiresAt(), key.revokedAt().or(() -> Optional.of(now())));
    return Optional.of(committed(keyId));
  }

  private void replace(Entry entry, Optional<Instant> expiresAt, Optional<Instant> revokedAt) {
    ApiKey key = entry.key();
    keys.put(
        key.keyId(),
        new Entry(
            entry.hash(),
            new ApiKey(
                key.keyId(),
                key.account(),
                key.tier(),
                key.role(),
                key.createdAt(),
                expiresAt,
                revokedAt),
            entry.fullExpiry()));
  }

  @Override
  public synchronized Rotation rotate(UUID keyId, UUID newKeyId, KeyHash newHash, Duration grace) {
    Entry old = keys.get(keyId);
    if (old == null) {
      return new Rotation.Missing();
    }
    Entry made = keys.get(newKeyId);
    if (made == null) {
      if (!old.key().goodAt(now())) {
        return new Rotation.Inactive();
      }
      made =
          new Entry(
              newHash,
              new ApiKey(
                  newKeyId,
                  old.key().account(),
                  old.key().tier(),
                  old.key().role(),
                  now(),
                  old.fullExpiry(),
                  Optional.empty()));
      keys.put(newKeyId, made);
      Instant end = now().plus(grace);
      replace(
          old,
          Optional.of(old.key().expiresAt().filter(end::isAfter).orElse(end)),
          Optional.empty());
    }
    return new Rotation.Rotated(committed(current(made)));
  }

  @Override
  public synchronized Committed<Boolean> put(Account account) {
    return committed(accounts.put(account.account(), account) == null);
  }

  @Override
  public synchronized void addAdminKey(UUID keyId, KeyHash hash) {
    accounts.putIfAbsent("admin", new Account("admin", Tier.ENTERPRISE, Optional.empty()));
    if (keys.values().stream().noneMatch(entry -> entry.hash().equals(hash))) {
      create(keyId, hash, "admin", Tier.ENTERPRISE, Role.ADMIN, Optional.empty());
    }
  }

  private <T> Committed<T> committed(T value) {
    return new Committed<>(value, ++changes);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
