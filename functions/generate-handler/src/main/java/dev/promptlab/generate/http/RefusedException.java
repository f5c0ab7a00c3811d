package dev.promptlab.generate.http;

/** A request that is answered with a problem. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public RefusedException(Problem problem) {
    super(problem.slug());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
