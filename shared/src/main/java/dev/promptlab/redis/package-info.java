/** The connection to Redis: time budgets, circuit breaker, reconnection. */
@NullMarked
package dev.promptlab.redis;

import org.jspecify.annotations.NullMarked;
