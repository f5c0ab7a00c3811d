@NullMarked
package dev.promptlab.worker;

import org.jspecify.annotations.NullMarked;
