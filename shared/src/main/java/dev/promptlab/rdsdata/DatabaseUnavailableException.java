package dev.promptlab.rdsdata;

/**
 * The database did not answer, or refused the statement. Whether a write has happened is not known.
 */
public final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseUnavailableException(Throwable cause) {
    super("the database could not be asked", cause);
  }
}
