/** The queue between the two functions. */
@NullMarked
package dev.promptlab.queue;

import org.jspecify.annotations.NullMarked;
