/** Strict JSON: what two readers could understand differently is refused. */
@NullMarked
package dev.promptlab.json;

import org.jspecify.annotations.NullMarked;
