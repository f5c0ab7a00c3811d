/** Typed, validated settings: the only reader of the process environment. */
@NullMarked
package dev.promptlab.config;

import org.jspecify.annotations.NullMarked;
