@NullMarked
package dev.promptlab.local.services;

import org.jspecify.annotations.NullMarked;
