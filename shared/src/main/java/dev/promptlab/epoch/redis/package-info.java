/** The epoch and the shared copies in Redis. */
@NullMarked
package dev.promptlab.epoch.redis;

import org.jspecify.annotations.NullMarked;
