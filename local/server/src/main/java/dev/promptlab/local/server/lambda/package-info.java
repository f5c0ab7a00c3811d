/**
 * Lambda's side of a function: a process in which Lambda's own runtime interface client runs it,
 * the API that this client asks for events, and the training of a function's container image.
 */
@NullMarked
package dev.promptlab.local.server.lambda;

import org.jspecify.annotations.NullMarked;
