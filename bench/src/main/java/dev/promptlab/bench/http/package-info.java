/** {@code scripts/run-local} under load, over HTTP. */
@NullMarked
package dev.promptlab.bench.http;

import org.jspecify.annotations.NullMarked;
