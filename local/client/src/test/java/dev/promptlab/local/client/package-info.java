@NullMarked
package dev.promptlab.local.client;

import org.jspecify.annotations.NullMarked;
