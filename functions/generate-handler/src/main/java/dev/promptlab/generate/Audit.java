package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each thing that an admin has done: who, what, to what. Never a secret. */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("dev.promptlab.audit");

  private Audit() {}

  /**
   * Says what was done; the line has the time.
   *
   * @param action such as {@code api-key.create}
   * @param target what was changed, and to what
   */
  static void log(Caller caller, String action, String target) {
    LOG.info(
        "Audit: account {} with key {} did {}: {}",
        caller.account(),
        caller.keyId().map(UUID::toString).orElse("none"),
        action,
        target);
  }
}
