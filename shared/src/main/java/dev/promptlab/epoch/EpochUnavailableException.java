package dev.promptlab.epoch;

/** The epoch could not be set, or not be read. */
public final class EpochUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EpochUnavailableException(Throwable cause) {
    super("the epoch's store could not be asked", cause);
  }
}
