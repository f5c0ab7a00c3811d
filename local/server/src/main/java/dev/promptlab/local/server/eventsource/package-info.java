/**
 * Lambda's event source mapping for SQS: polls a queue, calls the function with batches, deletes
 * what was done and leaves what failed.
 */
@NullMarked
package dev.promptlab.local.server.eventsource;

import org.jspecify.annotations.NullMarked;
