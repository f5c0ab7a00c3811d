/** The fleet's counters in Redis. */
@NullMarked
package dev.promptlab.observability.redis;

import org.jspecify.annotations.NullMarked;
