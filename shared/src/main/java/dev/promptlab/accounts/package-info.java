/** Who is calling, and on what terms. */
@NullMarked
package dev.promptlab.accounts;

import org.jspecify.annotations.NullMarked;
