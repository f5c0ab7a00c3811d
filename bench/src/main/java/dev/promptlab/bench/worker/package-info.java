/** The worker: batches, and the embedded queue. */
@NullMarked
package dev.promptlab.bench.worker;

import org.jspecify.annotations.NullMarked;
