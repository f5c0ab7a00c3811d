@NullMarked
package dev.promptlab.local.browser;

import org.jspecify.annotations.NullMarked;
