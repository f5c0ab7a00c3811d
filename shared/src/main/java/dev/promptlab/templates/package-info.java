/** Prompt templates, their versions and how they are rendered. */
@NullMarked
package dev.promptlab.templates;

import org.jspecify.annotations.NullMarked;
