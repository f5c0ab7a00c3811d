/** The job store on PostgreSQL, through the RDS Data API. */
@NullMarked
package dev.promptlab.jobs.rdsdata;

import org.jspecify.annotations.NullMarked;
