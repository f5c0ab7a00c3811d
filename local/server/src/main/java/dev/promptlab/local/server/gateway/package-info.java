/**
 * API Gateway's HTTP API, as far as a function sees it: HTTP in, events of payload format 2.0 to
 * the function, its answer or the gateway's own error back.
 */
@NullMarked
package dev.promptlab.local.server.gateway;

import org.jspecify.annotations.NullMarked;
