/** What one request needs of Redis before it can be answered, in one round trip. */
@NullMarked
package dev.promptlab.flight;

import org.jspecify.annotations.NullMarked;
