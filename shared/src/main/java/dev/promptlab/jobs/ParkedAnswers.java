package dev.promptlab.jobs;

import java.util.Optional;
import java.util.UUID;

/**
 * Answers that were paid for and could not be committed, as the database did not answer: the next
 * claim of a job looks for its own here, instead of paying for another. Kept for a time only, after
 * which the job must have ended. Whether an answer still may end its job, the database decides, as
 * always. Fails open: what is not found is paid for once more. Thread-safe.
 */
public interface ParkedAnswers {

  /** Keeps the answer, in the place of an earlier one. */
  void park(UUID jobId, PaidAnswer answer);

  Optional<PaidAnswer> find(UUID jobId);

  /** Forgets the answer, if there is one. */
  void delete(UUID jobId);
}
