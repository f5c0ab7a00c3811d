/** Results of earlier jobs, by the hash of their input. */
@NullMarked
package dev.promptlab.cache;

import org.jspecify.annotations.NullMarked;
