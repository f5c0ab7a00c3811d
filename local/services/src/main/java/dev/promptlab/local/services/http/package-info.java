/** The HTTP server under the endpoints of this module. */
@NullMarked
package dev.promptlab.local.services.http;

import org.jspecify.annotations.NullMarked;
