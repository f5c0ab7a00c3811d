package dev.promptlab.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The lines that the circuit breaker for Redis writes, in this JVM, from its making on. */
public final class BreakerLog implements AutoCloseable {
  private static final String TEXT = "Redis circuit breaker: ";
  private static final Logger LOG =
      (Logger) LogManager.getLogger("dev.promptlab.redis.RedisConnection");

  private final List<String> transitions = new CopyOnWriteArrayList<>();
  private final AbstractAppender appender =
      new AbstractAppender("breaker", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          String line = event.getMessage().getFormattedMessage();
          if (line.startsWith(TEXT)) {
            transitions.add(line.substring(TEXT.length()));
          }
        }
      };

  public BreakerLog() {
    appender.start();
    LOG.addAppender(appender);
    // Without a configuration, Log4j logs errors only.
    LOG.setLevel(Level.WARN);
  }

  /**
   * Each as {@code State transition from CLOSED to OPEN}, in their order; to that one, the last
   * failure is added.
   */
  public List<String> transitions() {
    return List.copyOf(transitions);
  }

  public int size() {
    return transitions.size();
  }

  /** The state that the last line tells of. */
  public String state() {
    return transitions.isEmpty() ? "CLOSED" : to(transitions.getLast());
  }

  public static String from(String transition) {
    return transition.replaceFirst(".* from (\\S+) to .*", "$1");
  }

  public static String to(String transition) {
    return transition.replaceFirst(".* to ([A-Z_]+).*", "$1");
  }

  @Override
  public void close() {
    LOG.removeAppender(appender);
    appender.stop();
  }
}
