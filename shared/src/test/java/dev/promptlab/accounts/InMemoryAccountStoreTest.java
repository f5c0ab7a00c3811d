package dev.promptlab.accounts;

import dev.promptlab.testing.SettableClock;
import java.time.Clock;

final class InMemoryAccountStoreTest extends AccountStoreContract {
  private final SettableClock clock = new SettableClock();
  private final AccountStore store = new InMemoryAccountStore(clock);

  @Override
  protected AccountStore store() {
    return store;
  }

  @Override
  protected Clock clock() {
    return clock;
  }
}
