package dev.promptlab.jobs;

final class InMemoryParkedAnswersTest extends ParkedAnswersContract {
  private final InMemoryParkedAnswers parked = new InMemoryParkedAnswers();

  @Override
  protected ParkedAnswers parked() {
    return parked;
  }
}
