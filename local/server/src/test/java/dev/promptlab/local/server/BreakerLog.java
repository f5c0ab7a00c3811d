package dev.promptlab.local.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The lines that the circuit breaker for Redis writes, in this JVM, from its making on. */
final class BreakerLog implements AutoCloseable {
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

  BreakerLog() {
    appender.start();
    LOG.addAppender(appender);
  }

  /** Each as {@code State transition from CLOSED to OPEN}, in their order. */
  List<String> transitions() {
    return List.copyOf(transitions);
  }

  int size() {
    return transitions.size();
  }

  /** The state that the last line tells of. */
  String state() {
    return transitions.isEmpty() ? "CLOSED" : to(transitions.getLast());
  }

  static String from(String transition) {
    return transition.replaceFirst(".* from (\\S+) to .*", "$1");
  }

  static String to(String transition) {
    return transition.replaceFirst(".* to ", "");
  }

  @Override
  public void close() {
    LOG.removeAppender(appender);
    appender.stop();
  }
}
