/** The template store on PostgreSQL, through the RDS Data API. */
@NullMarked
package dev.promptlab.templates.rdsdata;

import org.jspecify.annotations.NullMarked;
