package dev.promptlab.worker;

/** What has happened to a job when its worker is killed, in the order of a run. */
enum WorkerStep {
  NOTHING("nothing yet"),
  RECEIVED("its message was received"),
  CLAIMED("it was claimed"),
  TEMPLATE_READ("its template was read"),
  CALLED("the LLM was called, before its answer"),
  ANSWERED("the LLM has answered"),
  COMMITTED("the answer was committed"),
  CACHED("it was cached"),
  ANNOUNCED("its end was announced"),
  DELETED("its message was deleted"),

  /** From here on, in runs of a job whose answer could not be committed. */
  PARKED("the answer was parked"),
  PARKED_CLAIMED("parked, then claimed again"),
  PARKED_FOUND("parked, then found"),
  PARKED_UNCOUNTED("parked, then its attempt uncounted"),
  PARKED_COMMITTED("parked, then committed"),
  PARKED_DELETED("parked, committed, then the parked one deleted");

  private final String words;

  WorkerStep(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Whether the run in which it is reached follows one that could not commit. */
  boolean inSecondRun() {
    return compareTo(PARKED) > 0;
  }
}
