/** What all stores' failures have in common. */
@NullMarked
package dev.promptlab.outage;

import org.jspecify.annotations.NullMarked;
