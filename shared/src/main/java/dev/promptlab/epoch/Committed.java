package dev.promptlab.epoch;

/**
 * What a change has come to in the database, which every instance is still to be told.
 *
 * @param changeId of the row that makes the sweeper tell them, should this process not come to it
 */
public record Committed<T>(T value, long changeId) {}
