/** The servers that a deployment to an emulator of AWS uses and the emulator does not have. */
@NullMarked
package dev.promptlab.local.emulator;

import org.jspecify.annotations.NullMarked;
