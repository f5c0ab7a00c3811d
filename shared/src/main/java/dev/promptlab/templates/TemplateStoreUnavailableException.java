package dev.promptlab.templates;

/** The store did not answer, or refused. */
public final class TemplateStoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemplateStoreUnavailableException(Throwable cause) {
    super("the template store could not be asked", cause);
  }
}
