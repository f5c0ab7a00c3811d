package dev.promptlab.generate;

import dev.promptlab.accounts.Account;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.Caller;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.jobs.Acceptance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What callers are told of daily budgets; the database keeps them. Thread-safe. */
final class Budgets {
  private final AccountStore accounts;
  private final Clock clock;

  Budgets(AccountStore accounts, Clock clock) {
    this.accounts = accounts;
    this.clock = clock;
  }

  /** When all budgets are whole again: the next midnight, UTC. */
  Instant resetAt() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  /** The refusal; what the whole deployment may spend is nobody's business. */
  RefusedException exhausted(Caller caller, Acceptance.Cap cap) {
    long seconds = Math.max(1, Duration.between(clock.instant(), resetAt()).toSeconds() + 1);
    Problem problem =
        Problem.of(
                429,
                "budget-exhausted",
                "The daily budget is exhausted",
                "What is left of today's budget of %s does not cover this request; cached results are still served."
                    .formatted(
                        cap == Acceptance.Cap.ACCOUNT
                            ? "the account \"" + caller.account() + "\""
                            : "this deployment"))
            .withMember("scope", cap == Acceptance.Cap.ACCOUNT ? "account" : "deployment")
            .withMember("resetsAt", resetAt())
            .withHeader("Retry-After", Long.toString(seconds));
    if (cap == Acceptance.Cap.ACCOUNT) {
      AccountStore.Spend spend = accounts.spendToday(caller.account());
      problem = problem.withMember("spentUsd", spend.spent()).withMember("openUsd", spend.open());
      Account account = accounts.account(caller.account()).orElse(null);
      if (account != null && account.dailyBudget().isPresent()) {
        problem = problem.withMember("dailyBudgetUsd", account.dailyBudget().get());
      }
    }
    return new RefusedException(problem);
  }
}
