/** The HTTP API: identify, limit, cache, database, queue. */
@NullMarked
package dev.promptlab.generate;

import org.jspecify.annotations.NullMarked;
