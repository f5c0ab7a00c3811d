package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.generate.Admission.Admitted;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.CostBound;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.queue.JobIntake;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.PromptTooLargeException;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.templates.VariableMismatchException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What follows once a generate request is let in: cache, then database, then queue. Throws {@link
 * RefusedException} for what the caller can mend, and the stores' own exceptions. Thread-safe.
 */
final class GenerateService {
  private final Set<Provider> providers;
  private final Copies copies;
  private final ResultCache cache;
  private final Popularity popularity;
  private final JobStore jobs;
  private final JobIntake intake;
  private final CostBound costBound;
  private final Budgets budgets;
  private final Supplier<UUID> newJobId;
  private final Clock clock;
  private final Duration deadline;

  GenerateService(
      Set<Provider> providers,
      Copies copies,
      ResultCache cache,
      Popularity popularity,
      JobStore jobs,
      JobIntake intake,
      CostBound costBound,
      Budgets budgets,
      Supplier<UUID> newJobId,
      Clock clock,
      Duration deadline) {
    this.providers = Set.copyOf(providers);
    this.copies = copies;
    this.cache = cache;
    this.popularity = popularity;
    this.jobs = jobs;
    this.intake = intake;
    this.costBound = costBound;
    this.budgets = budgets;
    this.newJobId = newJobId;
    this.clock = clock;
    this.deadline = deadline;
  }

  /**
   * The input whose cached result may answer a request, as far as this process remembers the
   * template; {@link #generate} sees whether it remembers right.
   */
  Optional<InputHash> expectedInput(Caller caller, GenerateRequest request) {
    return request.mayHit()
        ? copies
            .templates()
            .peek(request.templateId())
            .flatMap(template -> template)
            .map(template -> inputHash(caller, template, request))
        : Optional.empty();
  }

  GenerateOutcome generate(Admitted admitted, GenerateRequest request) {
    try {
      requireConfigured(request.provider());
      PromptTemplate template = template(admitted, request);
      InputHash hash = inputHash(admitted.caller(), template, request);
      Optional<CachedResult> hit = hit(admitted, request, hash);
      if (hit.isPresent()) {
        popularity.count(hash);
        return new GenerateOutcome.Hit(hit.get());
      }
      RenderedPrompt prompt = prompt(template, request);
      if (request.cache().lookup()) {
        popularity.count(hash);
      }
      return request.cache().onlyIfCached()
          ? repeated(admitted.caller(), request).orElseGet(() -> onlyIfCached(request, hash))
          : accept(admitted.caller(), request, template, prompt, hash);
    } catch (RefusedException e) {
      // A repeat is answered whatever has become of template and provider since.
      return repeated(admitted.caller(), request).orElseThrow(() -> e);
    }
  }

  private Optional<GenerateOutcome> repeated(Caller caller, GenerateRequest request) {
    return request
        .idempotency()
        .flatMap(it -> jobs.repeated(caller.account(), it))
        .map(repeated -> answered(caller, repeated));
  }

  private Optional<CachedResult> hit(Admitted admitted, GenerateRequest request, InputHash hash) {
    if (!request.mayHit() || admitted.epoch().isEmpty()) {
      return Optional.empty();
    }
    Optional<CachedResult> cached =
        admitted.asked().filter(hash::equals).isPresent() ? admitted.result() : cache.get(hash);
    return cached
        .filter(result -> youngEnough(result, request))
        .filter(result -> !admitted.current(copies.invalidations(), Copies.ALL).cover(result));
  }

  private boolean youngEnough(CachedResult result, GenerateRequest request) {
    return request
        .cache()
        .maxAge()
        .filter(most -> clock.instant().isAfter(result.completedAt().plus(most)))
        .isEmpty();
  }

  private GenerateOutcome onlyIfCached(GenerateRequest request, InputHash hash) {
    if (!request.cache().lookup()) {
      return new GenerateOutcome.NotCached();
    }
    return jobs.reusable(hash, request.cache().maxAge())
        .flatMap(this::reused)
        .orElseGet(GenerateOutcome.NotCached::new);
  }

  private GenerateOutcome accept(
      Caller caller,
      GenerateRequest request,
      PromptTemplate template,
      RenderedPrompt prompt,
      InputHash hash) {
    NewJob job =
        new NewJob(
            newJobId.get(),
            caller.account(),
            caller.keyId(),
            shared(template),
            template.templateId(),
            template.version(),
            request.provider(),
            hash,
            request.input(),
            request.reuse(),
            request.idempotency(),
            costBound.of(template.definition(), request.provider(), prompt),
            deadline);
    Acceptance acceptance = intake.accept(job);
    if (acceptance instanceof Acceptance.Reused reused) {
      Optional<GenerateOutcome> hit = reused(reused.jobId());
      if (hit.isPresent()) {
        return hit.get();
      }
      acceptance = intake.accept(job);
    }
    return accepted(caller, job, acceptance);
  }

  private GenerateOutcome accepted(Caller caller, NewJob job, Acceptance acceptance) {
    return switch (acceptance) {
      case Acceptance.Queued queued ->
          new GenerateOutcome.Queued(
              Job.open(
                  job, queued.jobId(), JobStatus.QUEUED, 0, queued.createdAt(), Optional.empty()));
      case Acceptance.Joined joined ->
          new GenerateOutcome.Joined(
              Job.open(
                  job,
                  joined.jobId(),
                  joined.status(),
                  joined.attempts(),
                  joined.createdAt(),
                  joined.startedAt()));
      case Acceptance other -> answered(caller, other);
    };
  }

  private GenerateOutcome answered(Caller caller, Acceptance acceptance) {
    return switch (acceptance) {
      case Acceptance.Reused reused ->
          reused(reused.jobId())
              .orElseThrow(() -> new IllegalStateException("no result " + reused.jobId()));
      case Acceptance.Repeated repeated ->
          new GenerateOutcome.Repeated(
              jobs.find(repeated.jobId())
                  .orElseThrow(() -> new IllegalStateException("no job " + repeated.jobId())));
      case Acceptance.Conflict() ->
          throw new RefusedException(
              Problem.of(
                  409,
                  "idempotency-conflict",
                  "The idempotency key is taken",
                  "Another body was sent under this Idempotency-Key within the last 24 hours."));
      case Acceptance.OverBudget over -> throw budgets.exhausted(caller, over.cap());
      case Acceptance.Queued _, Acceptance.Joined _ ->
          throw new IllegalStateException("a job that was not made here");
    };
  }

  /** The database's result fills the cache again; empty if it has been erased in between. */
  private Optional<GenerateOutcome> reused(UUID jobId) {
    return jobs.find(jobId)
        .flatMap(Job::cachedResult)
        .map(
            result -> {
              cache.fill(result);
              return new GenerateOutcome.Hit(result);
            });
  }

  private void requireConfigured(Provider provider) {
    if (!providers.contains(provider)) {
      throw new RefusedException(
          Problem.of(
                  400,
                  "provider-not-configured",
                  "The provider is not configured",
                  "This deployment does not offer \"" + provider.wireName() + "\".")
              .withMember(
                  "configured", providers.stream().map(Provider::wireName).sorted().toList()));
    }
  }

  private PromptTemplate template(Admitted admitted, GenerateRequest request) {
    return admitted
        .current(copies.templates(), request.templateId())
        .orElseThrow(() -> Problems.templateNotFound(request.templateId()));
  }

  private static RenderedPrompt prompt(PromptTemplate template, GenerateRequest request) {
    try {
      return template.render(request.input());
    } catch (VariableMismatchException e) {
      throw Problems.mismatch(e);
    } catch (PromptTooLargeException e) {
      throw Problems.promptTooLarge(e);
    }
  }

  private static InputHash inputHash(
      Caller caller, PromptTemplate template, GenerateRequest request) {
    return InputHash.of(
        shared(template) ? Optional.empty() : Optional.of(caller.account()),
        template.templateId(),
        template.version(),
        request.provider(),
        request.input());
  }

  private static boolean shared(PromptTemplate template) {
    return template.definition().cacheScope() == CacheScope.SHARED;
  }
}
