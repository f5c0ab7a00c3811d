/** The flight to Redis. */
@NullMarked
package dev.promptlab.flight.redis;

import org.jspecify.annotations.NullMarked;
