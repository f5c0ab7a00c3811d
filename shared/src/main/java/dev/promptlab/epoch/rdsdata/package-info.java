/** The change log in PostgreSQL. */
@NullMarked
package dev.promptlab.epoch.rdsdata;

import org.jspecify.annotations.NullMarked;
