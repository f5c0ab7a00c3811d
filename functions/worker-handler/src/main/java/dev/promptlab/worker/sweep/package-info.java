/**
 * The scheduled sweep: sends accepted jobs to the queue that were never taken up, ends those past
 * their deadline, erases what is old.
 */
@NullMarked
package dev.promptlab.worker.sweep;

import org.jspecify.annotations.NullMarked;
