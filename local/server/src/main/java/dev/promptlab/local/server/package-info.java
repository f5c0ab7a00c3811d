@NullMarked
package dev.promptlab.local.server;

import org.jspecify.annotations.NullMarked;
