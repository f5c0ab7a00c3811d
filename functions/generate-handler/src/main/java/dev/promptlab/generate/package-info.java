@NullMarked
package dev.promptlab.generate;

import org.jspecify.annotations.NullMarked;
