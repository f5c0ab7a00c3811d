package dev.promptlab.epoch;

import dev.promptlab.outage.OutageException;

/** The epoch could not be set, or not be read. */
public final class EpochUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;

  public EpochUnavailableException(Throwable cause) {
    super("the epoch's store could not be asked (%s)".formatted(kind(cause)), cause);
  }
}
