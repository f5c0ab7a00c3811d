/**
 * A function's own handler, called as Lambda calls it: with a context, one time limit, and an
 * answer, a failure or a time-out as the outcome.
 */
@NullMarked
package dev.promptlab.local.server.function;

import org.jspecify.annotations.NullMarked;
