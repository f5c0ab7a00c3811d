/** HTTP as this API speaks it: requests, replies, problems, and the headers that mean something. */
@NullMarked
package dev.promptlab.generate.http;

import org.jspecify.annotations.NullMarked;
