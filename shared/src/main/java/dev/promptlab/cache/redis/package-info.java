/** The result cache on Redis. */
@NullMarked
package dev.promptlab.cache.redis;

import org.jspecify.annotations.NullMarked;
