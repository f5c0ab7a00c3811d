package dev.promptlab.worker.llm;

import java.io.IOException;

/** An answer with more bytes than are read. */
final class AnswerTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;
}
