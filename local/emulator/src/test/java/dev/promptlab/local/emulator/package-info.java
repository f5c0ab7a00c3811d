@NullMarked
package dev.promptlab.local.emulator;

import org.jspecify.annotations.NullMarked;
