/** How long a function takes from nothing to its first answer. */
@NullMarked
package dev.promptlab.bench.coldstart;

import org.jspecify.annotations.NullMarked;
