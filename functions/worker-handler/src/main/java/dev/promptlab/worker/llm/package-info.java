/** LLM providers behind one port. */
@NullMarked
package dev.promptlab.worker.llm;

import org.jspecify.annotations.NullMarked;
