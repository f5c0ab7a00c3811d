package dev.promptlab.rdsdata;

import dev.promptlab.outage.OutageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.rdsdata.model.DatabaseResumingException;

/**
 * The database did not answer, or refused the statement. Whether a write has happened is not known.
 */
public final class DatabaseUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;
  private static final Pattern SQL_STATE = Pattern.compile("SQLState: ([0-9A-Z]{5})");

  public DatabaseUnavailableException(Throwable cause) {
    super("the database could not be asked (%s)".formatted(reason(cause)), cause);
  }

  /** Whether it was asleep, and is waking up now, which takes Aurora some 15 s. */
  public boolean isWaking() {
    return getCause() instanceof DatabaseResumingException;
  }

  /** PostgreSQL's own words may hold the statement and its values; its code does not. */
  private static String reason(Throwable cause) {
    Matcher state = SQL_STATE.matcher(String.valueOf(cause.getMessage()));
    return state.find() ? kind(cause) + ", SQLState " + state.group(1) : kind(cause);
  }
}
