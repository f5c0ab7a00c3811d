package dev.promptlab.local.services;

import java.util.Objects;

/** The stand-in answers a call with an error. */
final class LlmRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  LlmRefusal(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }

  String message() {
    return Objects.requireNonNullElse(getMessage(), "");
  }
}
