package dev.promptlab.epoch;

import java.time.Instant;

/**
 * A value that was read from the database.
 *
 * @param token of the epoch, read before the value was
 * @param readAt when the epoch was read, by its store's clock
 */
public record Stamped<V>(String token, Instant readAt, V value) {}
