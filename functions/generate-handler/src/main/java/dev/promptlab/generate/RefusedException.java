package dev.promptlab.generate;

/** A request that is answered with a problem. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  RefusedException(Problem problem) {
    super(problem.slug());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
