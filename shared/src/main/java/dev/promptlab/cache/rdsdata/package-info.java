/** Invalidations in PostgreSQL. */
@NullMarked
package dev.promptlab.cache.rdsdata;

import org.jspecify.annotations.NullMarked;
