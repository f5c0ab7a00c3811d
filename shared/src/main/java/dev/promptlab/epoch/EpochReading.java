package dev.promptlab.epoch;

import java.time.Instant;

/**
 * What a request has read of the epoch.
 *
 * @param token in force when it was read; random, so that one which a failover lost never returns
 * @param at when, by the clock of the store
 */
public record EpochReading(String token, Instant at) {}
