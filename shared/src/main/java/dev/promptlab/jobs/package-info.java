/** Jobs and their states; the database is their truth. */
@NullMarked
package dev.promptlab.jobs;

import org.jspecify.annotations.NullMarked;
