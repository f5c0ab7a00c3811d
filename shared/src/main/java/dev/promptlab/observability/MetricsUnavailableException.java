package dev.promptlab.observability;

import dev.promptlab.outage.OutageException;

/** The totals could not be read. */
public final class MetricsUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;

  public MetricsUnavailableException(Throwable cause) {
    super("the metrics' store could not be asked (%s)".formatted(kind(cause)), cause);
  }
}
