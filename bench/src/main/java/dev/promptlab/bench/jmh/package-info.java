/** Benchmarks on JMH, in JVMs of their own. */
@NullMarked
package dev.promptlab.bench.jmh;

import org.jspecify.annotations.NullMarked;
