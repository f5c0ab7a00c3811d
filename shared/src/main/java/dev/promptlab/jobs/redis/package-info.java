/** The ends of jobs, announced through Redis, and answers that wait there. */
@NullMarked
package dev.promptlab.jobs.redis;

import org.jspecify.annotations.NullMarked;
