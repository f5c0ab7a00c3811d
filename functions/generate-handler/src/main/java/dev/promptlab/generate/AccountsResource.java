package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.Account;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.Caller;
import dev.promptlab.accounts.Tier;
import dev.promptlab.epoch.Committed;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code PUT /accounts/{account}} for admins, {@code GET /account} for who has a key. Thread-safe.
 */
final class AccountsResource {
  static final String NAME_RULE =
      "must have 1 to 64 characters A-Z a-z 0-9 _ . - and begin with a letter or digit; not anonymous";
  static final String TIER_RULE = "must be free, pro or enterprise";
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final BigDecimal MAX_BUDGET = BigDecimal.valueOf(1_000_000_000);

  private final Gate gate;
  private final AccountStore accounts;
  private final Changes changes;
  private final RateLimits limits;
  private final Budgets budgets;

  AccountsResource(
      Gate gate, AccountStore accounts, Changes changes, RateLimits limits, Budgets budgets) {
    this.gate = gate;
    this.accounts = accounts;
    this.changes = changes;
    this.limits = limits;
    this.budgets = budgets;
  }

  private record AccountBody(String account, String tier, Optional<UsdAmount> dailyBudgetUsd) {
    static AccountBody of(Account account) {
      return new AccountBody(account.account(), account.tier().wireName(), account.dailyBudget());
    }
  }

  private record OwnBody(
      String account, String tier, String role, Limits limits, SpendBody spend) {}

  private record Limits(LimitBody generate, LimitBody reads) {}

  private record LimitBody(int limit, long windowSeconds) {
    static LimitBody of(RateLimit limit) {
      return new LimitBody(limit.limit(), limit.window().toSeconds());
    }
  }

  /**
   * Today's money.
   *
   * @param openUsd what jobs that have not ended may still cost
   */
  private record SpendBody(
      UsdAmount todayUsd,
      UsdAmount openUsd,
      Optional<UsdAmount> dailyBudgetUsd,
      Instant resetsAt) {}

  ApiReply put(ApiRequest request, String name) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          Account account = account(request, name);
          changes.expect();
          Committed<Boolean> created = accounts.put(account);
          Audit.log(
              admitted.caller(),
              "account.put",
              "%s, %s, daily budget %s"
                  .formatted(
                      account.account(),
                      account.tier().wireName(),
                      account
                          .dailyBudget()
                          .map(budget -> budget.usd().toPlainString())
                          .orElse("none")));
          return ApiReply.json(changes.tell(created) ? 201 : 200, AccountBody.of(account));
        });
  }

  ApiReply own(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.KEY,
        admitted -> {
          Caller caller = admitted.caller();
          AccountStore.Spend spend = accounts.spendToday(caller.account());
          return ApiReply.json(
              200,
              new OwnBody(
                  caller.account(),
                  caller.tier().wireName(),
                  caller.role().wireName(),
                  new Limits(
                      LimitBody.of(limits.of(caller.tier())),
                      LimitBody.of(limits.readsOf(caller.tier()))),
                  new SpendBody(
                      spend.spent(),
                      spend.open(),
                      accounts.account(caller.account()).flatMap(Account::dailyBudget),
                      budgets.resetAt())));
        });
  }

  /** For a field with an account's name. */
  static Optional<String> name(JsonNode node) {
    return Optional.ofNullable(node.textValue()).filter(AccountsResource::usable);
  }

  /** For a field with the tier of an account. */
  static Optional<Tier> tier(JsonNode node) {
    return Optional.ofNullable(node.textValue())
        .flatMap(Tier::named)
        .filter(tier -> tier != Tier.ANONYMOUS);
  }

  private static boolean usable(String name) {
    return Account.NAME.matcher(name).matches() && !name.equals(Caller.ANONYMOUS_ACCOUNT);
  }

  private static Account account(ApiRequest request, String name) {
    if (!usable(name)) {
      throw new RefusedException(Problem.invalidRequest("account", NAME_RULE));
    }
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    Tier tier = body.required("tier", TIER_RULE, AccountsResource::tier);
    Optional<UsdAmount> budget =
        body.optional(
            "dailyBudgetUsd",
            "must be a number from 0 to " + MAX_BUDGET,
            node ->
                Optional.of(node)
                    .filter(JsonNode::isNumber)
                    .map(JsonNode::decimalValue)
                    .filter(usd -> usd.signum() >= 0 && usd.compareTo(MAX_BUDGET) <= 0)
                    .map(UsdAmount::of));
    body.refuseOthers();
    body.requireUsable();
    return new Account(name, Objects.requireNonNull(tier), budget);
  }
}
