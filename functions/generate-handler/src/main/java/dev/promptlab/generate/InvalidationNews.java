package dev.promptlab.generate;

import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.InvalidationChannel;
import dev.promptlab.cache.InvalidationStore.Target;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.epoch.Epoch;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.outage.OutageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets every instance that is awake read a new invalidation before the next request needs it. What
 * makes certain that it does is the epoch: this is for speed. Thread-safe.
 */
final class InvalidationNews {
  private static final Logger LOG = LoggerFactory.getLogger(InvalidationNews.class);

  private final InvalidationChannel channel;
  private final Epoch epoch;
  private final EpochCopy<String, Invalidations> copy;

  InvalidationNews(
      InvalidationChannel channel, Epoch epoch, EpochCopy<String, Invalidations> copy) {
    this.channel = channel;
    this.epoch = epoch;
    this.copy = copy;
  }

  /** Begins to hear of what other instances are asked to invalidate. */
  void listen() {
    channel.listen(this::readAhead);
  }

  /** Tells the others, once what they are to read is where all instances find it. */
  void tell(Target target, String reason) {
    readAhead();
    channel.publish(new InvalidationChannel.Message(keys(target), reason));
  }

  private void readAhead() {
    try {
      var _ = copy.get(Copies.ALL, epoch.read());
    } catch (OutageException e) {
      LOG.info("Invalidations are read with the next request: {}", e.getMessage());
    }
  }

  private static KeyPattern keys(Target target) {
    return switch (target) {
      case Target.Keys(KeyPattern pattern) -> pattern;
      case Target.Input(InputHash hash) -> new KeyPattern(KeyPattern.KEY_PREFIX + hash.hex());
      // Which keys a template has, only the database knows.
      case Target.Template _ -> new KeyPattern(KeyPattern.KEY_PREFIX + "*");
    };
  }
}
