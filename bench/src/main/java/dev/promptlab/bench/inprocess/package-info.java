/** PromptLab's own parts in one JVM, without HTTP, on real servers. */
@NullMarked
package dev.promptlab.bench.inprocess;

import org.jspecify.annotations.NullMarked;
