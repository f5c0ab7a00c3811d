@NullMarked
package dev.promptlab.local.services.rdsdata;

import org.jspecify.annotations.NullMarked;
