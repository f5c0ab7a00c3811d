/** What the parts have found, as pages and plots, and compared with what was found before. */
@NullMarked
package dev.promptlab.bench.report;

import org.jspecify.annotations.NullMarked;
