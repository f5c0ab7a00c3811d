package dev.promptlab.templates;

import java.util.List;

/** Placeholders without a value, or values without a placeholder. */
public final class VariableMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  VariableMismatchException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each, naming the variable; fit for the caller. */
  public List<String> problems() {
    return problems;
  }
}
