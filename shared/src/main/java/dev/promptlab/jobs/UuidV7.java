package dev.promptlab.jobs;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes UUIDs of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, 74 random bits. Thread-safe.
 */
public final class UuidV7 implements Supplier<UUID> {
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;

  public UuidV7(Clock clock) {
    this.clock = clock;
  }

  @Override
  public UUID get() {
    long high = (clock.millis() << 16) | 0x7000 | random.nextInt(1 << 12);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
