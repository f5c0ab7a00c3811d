package dev.promptlab.observability;

/** The totals could not be read. */
public final class MetricsUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MetricsUnavailableException(Throwable cause) {
    super("the metrics' store could not be asked", cause);
  }
}
