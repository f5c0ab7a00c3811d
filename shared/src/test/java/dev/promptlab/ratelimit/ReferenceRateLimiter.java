package dev.promptlab.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** What a limiter is to answer, as plainly as it can be said, for one identity. */
public final class ReferenceRateLimiter {
  private static final Comparator<Stamp> ORDER =
      Comparator.comparingLong(Stamp::at).thenComparingLong(Stamp::place);

  private final ToLongFunction<String> withinMillisecond;
  private List<Stamp> stamps = new ArrayList<>();
  private boolean charged;

  private record Stamp(long at, long place, String id) {}

  /** An answer; times in ms. */
  public record Answer(boolean admitted, int remaining, long now, long resetAt) {}

  /**
   * Begins with an empty window.
   *
   * @param withinMillisecond by what the request ids of one millisecond are ordered
   */
  public ReferenceRateLimiter(ToLongFunction<String> withinMillisecond) {
    this.withinMillisecond = withinMillisecond;
  }

  /** Decides one request; times in ms. */
  public Answer check(long now, int limit, long window, String id) {
    stamps.replaceAll(it -> it.at() > now ? new Stamp(now, it.place(), it.id()) : it);
    stamps.sort(ORDER);
    List<Stamp> live = new ArrayList<>(stamps);
    live.removeIf(stamp -> stamp.at() <= now - window);
    int rank = live.stream().map(Stamp::id).toList().indexOf(id);
    boolean admitted = rank >= 0 ? rank < limit : live.size() < limit;
    charged = admitted && rank < 0;
    if (rank >= 0 && !admitted) {
      stamps.remove(live.remove(rank));
    } else if (charged) {
      live.add(new Stamp(now, withinMillisecond.applyAsLong(id), id));
      stamps = live;
    }
    long resetAt = live.get(Math.max(0, live.size() - limit)).at() + window;
    return new Answer(admitted, Math.max(0, limit - live.size()), now, resetAt);
  }

  /** Gives back what a request was charged. */
  public void refund(String id) {
    stamps.removeIf(stamp -> stamp.id().equals(id));
  }

  /** Whether the last request was charged, and no repeat. */
  boolean charged() {
    return charged;
  }

  /** What it remembers, to compare. */
  List<?> state() {
    return stamps.stream().sorted(ORDER).toList();
  }
}
