package dev.promptlab.ratelimit.redis;

import dev.promptlab.ratelimit.ReferenceRateLimiter;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What many threads asked for one identity under one limit and what they were told, and whether
 * that is linearizable: whether there is an order of the operations, in which none comes before one
 * that had been answered when it began, and in which the reference gives the very same answers.
 *
 * <p>In general that is a search; here the answers leave next to no choice. Each says the
 * millisecond in which it was decided, and these come in their order. Within one millisecond no
 * stamp gets old, so the number of free slots only falls: a greater {@code remaining} comes first.
 * Where both are equal, at most one of the operations was charged (it made the number what it is)
 * and comes first; the rest, repeats and denials, change nothing, so that any order of them gives
 * the same answers, and the one by when they began is right if any is. So there is one candidate,
 * and checking it is a sort and a pass: if it holds, the history is linearizable, and if not, no
 * other order would.
 */
record History(int limit, long window, List<Operation> operations) {

  /** One call; invoked and answered by the machine's clock, in µs. */
  record Operation(long invoked, long answered, String requestId, Answer answer) {
    String line() {
      return String.join(
          " ",
          Long.toString(invoked),
          Long.toString(answered),
          requestId,
          Boolean.toString(answer.admitted()),
          Integer.toString(answer.remaining()),
          Long.toString(answer.now()),
          Long.toString(answer.resetAt()));
    }

    static Operation of(String line) {
      String[] parts = line.split(" ", -1);
      return new Operation(
          Long.parseLong(parts[0]),
          Long.parseLong(parts[1]),
          parts[2],
          new Answer(
              Boolean.parseBoolean(parts[3]),
              Integer.parseInt(parts[4]),
              Long.parseLong(parts[5]),
              Long.parseLong(parts[6])));
    }
  }

  /** The first thing that is wrong; nothing if it is linearizable. */
  Optional<String> violation() {
    // One limit for all: the order within a millisecond decides nothing that the reference tells.
    ReferenceRateLimiter reference = new ReferenceRateLimiter(_ -> 0);
    long latestInvocation = Long.MIN_VALUE;
    for (Operation operation : inOrder()) {
      if (operation.answered() < latestInvocation) {
        return Optional.of("answered before what comes earlier was asked: " + operation);
      }
      latestInvocation = Math.max(latestInvocation, operation.invoked());
      Answer expected =
          reference.check(operation.answer().now(), limit, window, operation.requestId());
      if (!expected.equals(operation.answer())) {
        return Optional.of("not " + expected + ": " + operation);
      }
    }
    return Optional.empty();
  }

  private List<Operation> inOrder() {
    Comparator<Operation> byStore =
        Comparator.<Operation>comparingLong(it -> it.answer().now())
            .thenComparing(it -> it.answer().remaining(), Comparator.reverseOrder());
    List<Operation> ordered = new ArrayList<>(operations);
    ordered.sort(byStore.thenComparingLong(Operation::invoked));
    Set<Operation> charged = new HashSet<>();
    Map<String, Long> chargedUntil = new HashMap<>();
    for (Operation operation : ordered) {
      long now = operation.answer().now();
      if (operation.answer().admitted()
          && now >= chargedUntil.getOrDefault(operation.requestId(), Long.MIN_VALUE)) {
        charged.add(operation);
        chargedUntil.put(operation.requestId(), now + window);
      }
    }
    ordered.sort(
        byStore
            .thenComparing(charged::contains, Comparator.reverseOrder())
            .thenComparingLong(Operation::invoked));
    return ordered;
  }
}
