/**
 * The program behind {@code scripts/migrate}: brings a deployment's database to the newest schema
 * through the RDS Data API, and makes its first admin key.
 */
@NullMarked
package dev.promptlab.local.migrate;

import org.jspecify.annotations.NullMarked;
