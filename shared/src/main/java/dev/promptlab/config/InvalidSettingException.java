package dev.promptlab.config;

/**
 * A setting that is missing or unusable. The message starts with the setting's name and never
 * repeats a secret.
 */
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidSettingException(String name, String problem) {
    super(name + ": " + problem);
  }
}
