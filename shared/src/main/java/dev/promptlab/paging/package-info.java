/** Long lists, a page at a time. */
@NullMarked
package dev.promptlab.paging;

import org.jspecify.annotations.NullMarked;
