@NullMarked
package dev.promptlab.local.migrate;

import org.jspecify.annotations.NullMarked;
