/** Runs jobs: one message, one LLM call, its result to the database and the cache. */
@NullMarked
package dev.promptlab.worker;

import org.jspecify.annotations.NullMarked;
