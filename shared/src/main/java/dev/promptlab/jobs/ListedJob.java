package dev.promptlab.jobs;

/**
 * A job in a list.
 *
 * @param position where it stands in the list: a page may begin after it
 */
public record ListedJob(Job job, JobFilter.Position position) {}
