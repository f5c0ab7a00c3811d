/** What the functions do around the snapshots of AWS Lambda SnapStart. */
@NullMarked
package dev.promptlab.snapstart;

import org.jspecify.annotations.NullMarked;
