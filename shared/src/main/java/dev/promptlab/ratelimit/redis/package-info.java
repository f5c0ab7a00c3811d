/** The rate limiter on Redis. */
@NullMarked
package dev.promptlab.ratelimit.redis;

import org.jspecify.annotations.NullMarked;
