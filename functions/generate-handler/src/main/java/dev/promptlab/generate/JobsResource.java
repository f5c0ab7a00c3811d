package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.epoch.Committed;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Cursor;
import dev.promptlab.generate.http.ETags;
import dev.promptlab.generate.http.Preferences;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.QueryParameters;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.generate.http.Uuids;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobFilter;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.ListedJob;
import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.paging.Page;
import dev.promptlab.templates.PromptTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** {@code /jobs}: one job, a caller's jobs, withdrawal and erasure. Thread-safe. */
final class JobsResource {
  private final Gate gate;
  private final JobStore jobs;
  private final JobWaiting waiting;
  private final JobEnds ends;
  private final ParkedAnswers parked;
  private final Changes changes;
  private final ResultCache cache;
  private final Metrics metrics;

  JobsResource(
      Gate gate,
      JobStore jobs,
      JobWaiting waiting,
      JobEnds ends,
      ParkedAnswers parked,
      Changes changes,
      ResultCache cache,
      Metrics metrics) {
    this.gate = gate;
    this.jobs = jobs;
    this.waiting = waiting;
    this.ends = ends;
    this.parked = parked;
    this.changes = changes;
    this.cache = cache;
    this.metrics = metrics;
  }

  /** {@code GET /jobs/{id}}: works without Redis too. */
  ApiReply get(ApiRequest request, String id) {
    Optional<Duration> wait = Preferences.wait(request);
    return gate.readEvenDegraded(
        request,
        wait.isPresent() ? Gate.Access.KEY : Gate.Access.ANYONE,
        caller -> get(request, id, caller, wait));
  }

  private ApiReply get(ApiRequest request, String id, Caller caller, Optional<Duration> wait) {
    Job job = visible(id, caller);
    Optional<Job> waited =
        wait.filter(_ -> !job.status().ended())
            .flatMap(atMost -> waiting.await(job.jobId(), caller, request.invocationId(), atMost));
    Job last = waited.orElse(job);
    ApiReply reply = ApiReply.json(200, JobBody.of(last, caller));
    String etag = etag(reply.body());
    if (ETags.noneMatch(request, etag)) {
      reply = ApiReply.empty(304);
    }
    reply = reply.with("ETag", etag);
    if (!last.status().ended()) {
      reply = reply.with("Retry-After", "1");
    }
    return waited.isPresent()
        ? reply.with("Preference-Applied", JobWaiting.applied(wait.orElseThrow()))
        : reply;
  }

  /** {@code GET /jobs}: those that the caller made or joined. */
  ApiReply list(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.KEY,
        admitted -> {
          QueryParameters query = new QueryParameters(request);
          JobFilter filter =
              new JobFilter(
                  query.optional(
                      "status",
                      "must be one of "
                          + Arrays.stream(JobStatus.values())
                              .map(JobStatus::wireName)
                              .collect(Collectors.joining(", ")),
                      JobsResource::status),
                  query.optional(
                      "templateId",
                      "must be a template's id",
                      text ->
                          Optional.of(text).filter(it -> PromptTemplate.ID.matcher(it).matches())),
                  query.optional("cursor", "must be a nextCursor", JobsResource::position));
          int limit = query.limit();
          query.requireUsable();
          Caller caller = admitted.caller();
          Page<ListedJob> page = jobs.list(caller.account(), filter, limit);
          return ListBody.reply(
              page.map(listed -> JobBody.listed(listed.job(), caller)),
              () -> cursor(page.items().getLast().position()));
        });
  }

  /** {@code DELETE /jobs/{id}}: withdraws the caller. */
  ApiReply withdraw(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.KEY,
        admitted -> {
          Caller caller = admitted.caller();
          Job job = visible(id, caller);
          switch (jobs.withdraw(job.jobId(), caller.account(), request.invocationId())) {
            case CANCELLED -> {
              metrics.count(Counter.JOBS, JobStatus.CANCELLED.wireName());
              ends.announce(job.jobId());
            }
            case WITHDRAWN -> {
              // Others still wait for it.
            }
            case NOT_CANCELLABLE ->
                throw new RefusedException(
                    Problem.of(
                        409,
                        "job-not-cancellable",
                        "The job cannot be cancelled",
                        "It is being processed, or has ended."));
            case NOT_CALLER ->
                throw Problems.forbidden("The job was neither made nor joined by this account.");
            case MISSING -> throw noSuchJob();
          }
          return ApiReply.json(200, JobBody.of(visible(id, caller), caller));
        });
  }

  /** {@code DELETE /jobs/{id}/content}: forgets input and output for good. */
  ApiReply eraseContent(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.KEY,
        admitted -> {
          Caller caller = admitted.caller();
          Job job = visible(id, caller);
          if (!job.ownedBy(caller)) {
            throw Problems.forbidden(
                "Only the account that made the job, or an admin, may do this.");
          }
          changes.expect();
          Committed<InputHash> erased =
              jobs.erase(job.jobId()).orElseThrow(JobsResource::noSuchJob);
          Audit.log(caller, "job.erase-content", job.jobId().toString());
          changes.tell(erased);
          cache.delete(erased.value());
          parked.delete(job.jobId());
          if (job.status() == JobStatus.QUEUED) {
            metrics.count(Counter.JOBS, JobStatus.CANCELLED.wireName());
            ends.announce(job.jobId());
          }
          return ApiReply.empty(204);
        });
  }

  private Job visible(String id, Caller caller) {
    return Uuids.parse(id)
        .flatMap(jobs::find)
        .filter(found -> found.visibleTo(caller))
        .orElseThrow(JobsResource::noSuchJob);
  }

  private static RefusedException noSuchJob() {
    return Problems.notFound("job", "There is no job of that id.");
  }

  private static Optional<JobStatus> status(String wireName) {
    return Arrays.stream(JobStatus.values())
        .filter(status -> status.wireName().equals(wireName))
        .findFirst();
  }

  private static String cursor(JobFilter.Position position) {
    return Cursor.of(position.addedMicros() + " " + position.jobId());
  }

  private static Optional<JobFilter.Position> position(String cursor) {
    return Cursor.read(cursor)
        .map(text -> text.split(" ", 2))
        .filter(parts -> parts.length == 2 && parts[0].matches("[0-9]{1,18}"))
        .flatMap(
            parts ->
                Uuids.parse(parts[1])
                    .map(id -> new JobFilter.Position(Long.parseLong(parts[0]), id)));
  }

  private static String etag(String body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body.getBytes(StandardCharsets.UTF_8));
    return "\"" + HexFormat.of().toHexDigits((int) checksum.getValue()) + "\"";
  }
}
