/** The job queue on SQS. */
@NullMarked
package dev.promptlab.queue.sqs;

import org.jspecify.annotations.NullMarked;
