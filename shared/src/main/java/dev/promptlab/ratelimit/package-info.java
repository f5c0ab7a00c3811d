/** How many requests of one identity are admitted in any trailing window. */
@NullMarked
package dev.promptlab.ratelimit;

import org.jspecify.annotations.NullMarked;
