/** Whether requests stay as fast when there is much in Redis. */
@NullMarked
package dev.promptlab.bench.growth;

import org.jspecify.annotations.NullMarked;
