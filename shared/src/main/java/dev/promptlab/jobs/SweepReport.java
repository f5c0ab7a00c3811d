package dev.promptlab.jobs;

import java.util.List;
import java.util.UUID;

/**
 * One step of the sweep.
 *
 * @param due to be sent to the queue again
 * @param expired ended here, past their deadline
 */
public record SweepReport(List<UUID> due, List<UUID> expired) {
  public SweepReport {
    due = List.copyOf(due);
    expired = List.copyOf(expired);
  }
}
