package dev.promptlab.worker.warming;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.CostBound;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.jobs.StoredResults.Ageing;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.queue.JobIntake;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes a result anew as a request of the account that it is of would: as a job that others may
 * join, and only within that account's and the deployment's budget. Thread-safe.
 */
final class Regeneration {
  private final Set<Provider> providers;
  private final TemplateStore templates;
  private final JobIntake intake;
  private final CostBound costBound;
  private final Supplier<UUID> newJobId;
  private final Duration deadline;
  private final Metrics metrics;

  Regeneration(
      Set<Provider> providers,
      TemplateStore templates,
      JobIntake intake,
      CostBound costBound,
      Supplier<UUID> newJobId,
      Duration deadline,
      Metrics metrics) {
    this.providers = Set.copyOf(providers);
    this.templates = templates;
    this.intake = intake;
    this.costBound = costBound;
    this.newJobId = newJobId;
    this.deadline = deadline;
    this.metrics = metrics;
  }

  /** What came of it. */
  enum Outcome {
    /** There is a job. */
    MADE,
    /** A younger result or a job has come first, or nobody would ask for it like this now. */
    NOT_NEEDED,
    /** The account's budget does not cover it. */
    ACCOUNT_EXHAUSTED,
    /** Nor would it cover any other: the deployment's. */
    DEPLOYMENT_EXHAUSTED
  }

  Outcome regenerate(Ageing result, GenerationInput input) {
    Optional<PromptTemplate> template =
        templates
            .current(result.templateId())
            .filter(current -> current.version() == result.templateVersion());
    if (template.isEmpty() || !providers.contains(result.provider())) {
      return Outcome.NOT_NEEDED;
    }
    return switch (intake.accept(job(result, input, template.get()))) {
      case Acceptance.Queued _ -> {
        metrics.count(Counter.JOBS, JobStatus.QUEUED.wireName());
        yield Outcome.MADE;
      }
      case Acceptance.OverBudget(Acceptance.Cap cap) ->
          cap == Acceptance.Cap.ACCOUNT ? Outcome.ACCOUNT_EXHAUSTED : Outcome.DEPLOYMENT_EXHAUSTED;
      case Acceptance.Joined _, Acceptance.Reused _ -> Outcome.NOT_NEEDED;
      case Acceptance.Repeated _, Acceptance.Conflict _ ->
          throw new IllegalStateException("a job without an idempotency key");
    };
  }

  private NewJob job(Ageing result, GenerationInput input, PromptTemplate template) {
    return new NewJob(
        newJobId.get(),
        result.account(),
        Optional.empty(),
        result.shared(),
        result.templateId(),
        result.templateVersion(),
        result.provider(),
        result.inputHash(),
        input,
        youngerThan(result),
        Optional.empty(),
        costBound.of(template.definition(), result.provider(), template.render(input)),
        deadline);
  }

  /** This result does not do, even if it has not expired yet; any younger one does. */
  private static NewJob.Reuse youngerThan(Ageing result) {
    Duration age = result.age().minusSeconds(1);
    return new NewJob.Reuse(true, true, Optional.of(age.isNegative() ? Duration.ZERO : age));
  }
}
