package dev.promptlab.bench.coldstart;

import dev.promptlab.local.server.lambda.FunctionProcess;
import dev.promptlab.local.server.lambda.RuntimeApi;
import java.io.IOException;

/** Where functions are started. */
interface Place {
  /**
   * Makes a start ready, as far as that is no part of it.
   *
   * @param api from where the function gets its events
   */
  Launch prepare(Variant variant, RuntimeApi api) throws IOException, InterruptedException;

  /** A start that waits for the word. */
  interface Launch extends AutoCloseable {
    /** Starts the function. */
    FunctionProcess go() throws IOException;

    @Override
    default void close() throws IOException {}
  }
}
