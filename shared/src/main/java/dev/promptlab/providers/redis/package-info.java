/** The use of providers, counted in Redis. */
@NullMarked
package dev.promptlab.providers.redis;

import org.jspecify.annotations.NullMarked;
