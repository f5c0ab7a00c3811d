/** The ends of jobs, announced through Redis. */
@NullMarked
package dev.promptlab.jobs.redis;

import org.jspecify.annotations.NullMarked;
