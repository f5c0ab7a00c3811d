/** How much of a provider all workers together may use. */
@NullMarked
package dev.promptlab.providers;

import org.jspecify.annotations.NullMarked;
