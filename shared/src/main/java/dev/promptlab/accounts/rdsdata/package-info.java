/** Accounts and keys in PostgreSQL. */
@NullMarked
package dev.promptlab.accounts.rdsdata;

import org.jspecify.annotations.NullMarked;
