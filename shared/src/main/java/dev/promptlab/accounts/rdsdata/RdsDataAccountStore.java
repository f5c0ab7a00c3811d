package dev.promptlab.accounts.rdsdata;

import dev.promptlab.accounts.Account;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeyHash;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Accounts and keys in PostgreSQL: each change is one call of a function of the schema. */
public final class RdsDataAccountStore implements AccountStore {
  private static final String SELECT =
      """
      select k.key_id, k.account, a.tier, k.role, k.key_sha256, epoch_millis(k.created_at) as created_ms,
        epoch_millis(k.expires_at) as expires_ms, epoch_millis(k.revoked_at) as revoked_ms
      from api_key k join account a on a.account = k.account
      """;

  private final DataApi database;

  public RdsDataAccountStore(DataApi database) {
    this.database = database;
  }

  @Override
  public Optional<ApiKey> find(KeyHash hash) {
    return database
        .queryOne(
            Statement.of(SELECT + "where k.key_sha256 = :hash and k.revoked_at is null")
                .text("hash", hash.hex()))
        .filter(row -> new KeyHash(row.text("key_sha256")).equals(hash))
        .map(RdsDataAccountStore::key);
  }

  @Override
  public Optional<Account> account(String account) {
    return database
        .queryOne(
            Statement.of("select tier, daily_budget_nanos from account where account = :account")
                .text("account", account))
        .map(
            row ->
                new Account(
                    account,
                    tier(row.text("tier")),
                    row.optionalNumber("daily_budget_nanos").map(UsdAmount::new)));
  }

  @Override
  public Spend spendToday(String account) {
    Row row = only(Statement.of("select * from spend_today(:account)").text("account", account));
    return new Spend(
        new UsdAmount(row.number("spent_nanos")), new UsdAmount(row.number("open_nanos")));
  }

  @Override
  public Page<ApiKey> keys(Optional<UUID> after, int limit) {
    return Page.of(
        database
            .query(
                Statement.of(
                        SELECT
                            + """
                        where :after::uuid is null or (k.created_at, k.key_id) <
                          (select p.created_at, p.key_id from api_key p where p.key_id = :after::uuid)
                        order by k.created_at desc, k.key_id desc
                        limit :limit
                        """)
                    .uuid("after", after.orElse(null))
                    .number("limit", limit + 1))
            .stream()
            .map(RdsDataAccountStore::key)
            .toList(),
        limit);
  }

  @Override
  public Creation create(
      UUID keyId, KeyHash hash, String account, Tier tier, Role role, Optional<Instant> expiresAt) {
    Row row =
        only(
            Statement.of(
                    "select * from create_api_key(:id, :hash, :account, :tier, :role, :expires::bigint)")
                .uuid("id", keyId)
                .text("hash", hash.hex())
                .text("account", account)
                .text("tier", tier.wireName())
                .text("role", role.wireName())
                .number("expires", expiresAt.map(Instant::toEpochMilli).orElse(null)));
    return switch (row.text("outcome")) {
      case "created" ->
          new Creation.Created(
              committed(
                  row,
                  new ApiKey(
                      keyId,
                      account,
                      tier,
                      role,
                      row.millis("created_ms"),
                      expiresAt,
                      Optional.empty())));
      case "account-exists" -> new Creation.OtherTier(tier(row.text("account_tier")));
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  @Override
  public Optional<Committed<UUID>> revoke(UUID keyId) {
    Row row = only(Statement.of("select * from revoke_api_key(:id)").uuid("id", keyId));
    return row.text("outcome").equals("revoked")
        ? Optional.of(committed(row, keyId))
        : Optional.empty();
  }

  @Override
  public Rotation rotate(UUID keyId, UUID newKeyId, KeyHash newHash, Duration grace) {
    Row row =
        only(
            Statement.of("select * from rotate_api_key(:id, :newId, :hash, :grace::integer)")
                .uuid("id", keyId)
                .uuid("newId", newKeyId)
                .text("hash", newHash.hex())
                .number("grace", Math.toIntExact(grace.toSeconds())));
    return switch (row.text("outcome")) {
      case "rotated" ->
          new Rotation.Rotated(
              committed(
                  row,
                  new ApiKey(
                      newKeyId,
                      row.text("key_account"),
                      tier(row.text("account_tier")),
                      role(row.text("key_role")),
                      row.millis("created_ms"),
                      row.optionalMillis("expires_ms"),
                      Optional.empty())));
      case "inactive" -> new Rotation.Inactive();
      case "missing" -> new Rotation.Missing();
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  @Override
  public Committed<Boolean> put(Account account) {
    Row row =
        only(
            Statement.of("select * from put_account(:account, :tier, :budget::bigint)")
                .text("account", account.account())
                .text("tier", account.tier().wireName())
                .number("budget", account.dailyBudget().map(UsdAmount::nanos).orElse(null)));
    return committed(row, row.flag("created"));
  }

  @Override
  public void addAdminKey(UUID keyId, KeyHash hash) {
    only(
        Statement.of("select add_admin_key(:id, :hash)")
            .uuid("id", keyId)
            .text("hash", hash.hex()));
  }

  private Row only(Statement statement) {
    return database.query(statement).getFirst();
  }

  private static <T> Committed<T> committed(Row row, T value) {
    return new Committed<>(value, row.number("change_id"));
  }

  private static ApiKey key(Row row) {
    return new ApiKey(
        row.uuid("key_id"),
        row.text("account"),
        tier(row.text("tier")),
        role(row.text("role")),
        row.millis("created_ms"),
        row.optionalMillis("expires_ms"),
        row.optionalMillis("revoked_ms"));
  }

  private static Tier tier(String wireName) {
    return Tier.named(wireName).orElseThrow(() -> new IllegalStateException("tier " + wireName));
  }

  private static Role role(String wireName) {
    return Role.named(wireName).orElseThrow(() -> new IllegalStateException("role " + wireName));
  }
}
