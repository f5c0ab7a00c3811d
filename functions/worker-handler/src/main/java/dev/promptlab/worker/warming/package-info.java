/**
 * The scheduled cache warming: puts popular results back that Redis has lost, and has those made
 * anew that expire.
 */
@NullMarked
package dev.promptlab.worker.warming;

import org.jspecify.annotations.NullMarked;
