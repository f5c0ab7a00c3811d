/**
 * The local PromptLab: {@code LocalPromptLab} starts servers and functions and puts around them
 * what AWS has around them ({@code gateway}, {@code eventsource}, {@code Scheduler}); {@code
 * RunLocal} is the program that people start.
 */
@NullMarked
package dev.promptlab.local.server;

import org.jspecify.annotations.NullMarked;
