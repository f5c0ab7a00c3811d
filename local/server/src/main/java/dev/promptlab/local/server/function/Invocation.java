package dev.promptlab.local.server.function;

import org.jspecify.annotations.Nullable;

/** How one invocation of a function ended. */
public sealed interface Invocation<O> {

  /** The handler returned; null where it returned null. */
  record Returned<O>(@Nullable O value) implements Invocation<O> {}

  /** The handler threw. */
  record Failed<O>(Throwable cause) implements Invocation<O> {}

  /** The handler had not returned within the function's time-out, and was interrupted. */
  record TimedOut<O>() implements Invocation<O> {}
}
