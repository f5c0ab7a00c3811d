/**
 * How every instance knows at once that something has changed in the database, although it answers
 * from copies: a random token in Redis, the epoch, which each change replaces, and which each
 * request reads.
 */
@NullMarked
package dev.promptlab.epoch;

import org.jspecify.annotations.NullMarked;
