/** What is asked of an LLM and what comes back. */
@NullMarked
package dev.promptlab.generation;

import org.jspecify.annotations.NullMarked;
