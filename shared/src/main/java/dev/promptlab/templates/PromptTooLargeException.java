package dev.promptlab.templates;

/** A template whose placeholders, filled, make more than {@link RenderedPrompt#MAX_BYTES}. */
public final class PromptTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PromptTooLargeException() {
    super("the rendered prompt has more than " + RenderedPrompt.MAX_BYTES + " bytes");
  }
}
