/** What {@code scripts/bench} measures, and how that is told. */
@NullMarked
package dev.promptlab.bench;

import org.jspecify.annotations.NullMarked;
