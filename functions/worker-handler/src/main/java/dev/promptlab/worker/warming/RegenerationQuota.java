package dev.promptlab.worker.warming;

import dev.promptlab.jobs.StoredResults.Ageing;
import java.util.HashSet;
import java.util.Set;

/** How many results one run may still make anew, and for whom. Not thread-safe. */
final class RegenerationQuota {
  private final Set<String> exhaustedAccounts = new HashSet<>();
  private int left;

  RegenerationQuota(int most) {
    this.left = most;
  }

  boolean isUsedUp() {
    return left == 0;
  }

  boolean covers(Ageing result) {
    return left > 0 && !exhaustedAccounts.contains(result.account());
  }

  void charge(Ageing result, Regeneration.Outcome outcome) {
    switch (outcome) {
      case MADE -> left--;
      case NOT_NEEDED -> {}
      case ACCOUNT_EXHAUSTED -> exhaustedAccounts.add(result.account());
      case DEPLOYMENT_EXHAUSTED -> left = 0;
    }
  }
}
