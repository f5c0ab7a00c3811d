/** What a check of the rate limit costs, beside other limiters. */
@NullMarked
package dev.promptlab.bench.limiter;

import org.jspecify.annotations.NullMarked;
