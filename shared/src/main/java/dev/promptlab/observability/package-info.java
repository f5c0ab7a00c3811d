/** What can be counted, for all instances together. */
@NullMarked
package dev.promptlab.observability;

import org.jspecify.annotations.NullMarked;
