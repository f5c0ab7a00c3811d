/** What LLM calls cost. */
@NullMarked
package dev.promptlab.pricing;

import org.jspecify.annotations.NullMarked;
