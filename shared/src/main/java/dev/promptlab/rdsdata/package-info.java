/** Statements, parameters and rows over the RDS Data API. */
@NullMarked
package dev.promptlab.rdsdata;

import org.jspecify.annotations.NullMarked;
