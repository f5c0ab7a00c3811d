/** What a hit costs in the function itself. */
@NullMarked
package dev.promptlab.bench.hit;

import org.jspecify.annotations.NullMarked;
