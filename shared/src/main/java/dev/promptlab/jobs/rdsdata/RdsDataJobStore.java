package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.JobStoreUnavailableException;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.jobs.SweepReport;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Jobs in PostgreSQL: each change of status is one call of a function of the schema. Thread-safe.
 */
public final class RdsDataJobStore implements JobStore {
  /** How long after acceptance, or after a delivery was due, the sweeper sends a job again. */
  private static final Duration SWEEP_AFTER = Duration.ofSeconds(60);

  private static final Duration SWEEP_REPEAT = Duration.ofMinutes(5);

  /** Parts of at most 32 KB in one answer, which may have 1 MiB. */
  private static final int PARTS_PER_CALL = 24;

  private final DataApi database;

  public RdsDataJobStore(DataApi database) {
    this.database = database;
  }

  @Override
  public Acceptance accept(NewJob job) {
    Row row =
        only(
            Statement.of(
                    "select * from accept_job(:id, :account, :scope, :template, :version::integer,"
                        + " :provider, :hash, :input, :deadline::integer, :sweep::integer)")
                .uuid("id", job.jobId())
                .text("account", job.account())
                .text("scope", job.shared() ? "shared" : "account")
                .text("template", job.templateId())
                .number("version", job.templateVersion())
                .text("provider", job.provider().wireName())
                .text("hash", job.inputHash().hex())
                .text("input", job.input().canonical())
                .number("deadline", seconds(job.deadline()))
                .number("sweep", seconds(SWEEP_AFTER)));
    UUID jobId = row.uuid("id");
    return switch (row.text("outcome")) {
      case "queued" -> new Acceptance.Queued(jobId, row.millis("created_ms"));
      case "joined" ->
          new Acceptance.Joined(
              jobId,
              JobStatus.named(row.text("job_status")),
              row.integer("job_attempts"),
              row.millis("created_ms"),
              row.optionalMillis("started_ms"));
      case "reused" -> new Acceptance.Reused(jobId);
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  @Override
  public Optional<Job> find(UUID jobId) {
    List<Row> rows =
        query(Statement.of(JobRows.SELECT).uuid("id", jobId).number("parts", PARTS_PER_CALL));
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder output = new StringBuilder();
    rows.forEach(row -> row.optionalText("content").ifPresent(output::append));
    if (rows.size() == PARTS_PER_CALL) {
      appendFurtherParts(jobId, output);
    }
    return Optional.of(JobRows.job(rows.getFirst(), output.toString()));
  }

  private void appendFurtherParts(UUID jobId, StringBuilder output) {
    List<Row> rows;
    int from = PARTS_PER_CALL;
    do {
      rows =
          query(
              Statement.of(JobRows.SELECT_PARTS)
                  .uuid("id", jobId)
                  .number("from", from)
                  .number("to", from + PARTS_PER_CALL));
      rows.forEach(row -> output.append(row.text("content")));
      from += PARTS_PER_CALL;
    } while (rows.size() == PARTS_PER_CALL);
  }

  @Override
  public Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts) {
    Row row =
        only(
            Statement.of(
                    "select c.*, i.input from claim_job(:id, :token, :lease::integer, :max::integer) c"
                        + " left join job_input i on i.job_id = :id")
                .uuid("id", jobId)
                .uuid("token", token)
                .number("lease", seconds(lease))
                .number("max", maxAttempts));
    return switch (row.text("outcome")) {
      case "claimed" ->
          new Claim.Claimed(
              jobId,
              row.text("job_account"),
              JobRows.shared(row.text("job_scope")),
              row.text("job_template_id"),
              row.integer("job_template_version"),
              JobRows.provider(row.text("job_provider")),
              new InputHash(row.text("job_input_hash")),
              GenerationInput.ofCanonical(row.text("input")),
              row.integer("job_attempts"),
              row.millis("created_ms"),
              row.millis("started_ms"));
      case "leased" -> new Claim.Leased(Duration.ofMillis(row.number("wait_ms")));
      case "ended" -> new Claim.Ended();
      case "missing" -> new Claim.Missing();
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  @Override
  public Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, Optional<Duration> cacheTtl) {
    return query(
            Statement.of(
                    "select * from complete_job(:id, :token, :model, :reason, :output,"
                        + " :inputTokens::integer, :outputTokens::integer, :cache::integer)")
                .uuid("id", jobId)
                .uuid("token", token)
                .text("model", result.model())
                .text("reason", result.finishReason().wireName())
                .text("output", result.output())
                .number("inputTokens", result.usage().inputTokens())
                .number("outputTokens", result.usage().outputTokens())
                .number("cache", cacheTtl.map(RdsDataJobStore::seconds).orElse(null)))
        .stream()
        .findFirst()
        .map(
            row ->
                new Completion(
                    row.millis("completed_ms"), row.optionalMillis("cacheable_until_ms")));
  }

  @Override
  public boolean fail(UUID jobId, UUID token, JobError error) {
    return only(Statement.of("select fail_job(:id, :token, :code, :message, :retryable) as done")
            .uuid("id", jobId)
            .uuid("token", token)
            .text("code", error.code())
            .text("message", error.message())
            .flag("retryable", error.retryable()))
        .flag("done");
  }

  @Override
  public boolean release(UUID jobId, UUID token, Duration delay) {
    return only(Statement.of("select release_job(:id, :token, :sweep::integer) as done")
            .uuid("id", jobId)
            .uuid("token", token)
            .number("sweep", seconds(delay.plus(SWEEP_AFTER))))
        .flag("done");
  }

  @Override
  public SweepReport sweep(int limit) {
    List<UUID> due = new ArrayList<>();
    List<UUID> expired = new ArrayList<>();
    for (Row row :
        query(
            Statement.of("select outcome, id from sweep_jobs(:limit::integer, :repeat::integer)")
                .number("limit", limit)
                .number("repeat", seconds(SWEEP_REPEAT)))) {
      (row.text("outcome").equals("due") ? due : expired).add(row.uuid("id"));
    }
    return new SweepReport(due, expired);
  }

  private Row only(Statement statement) {
    return query(statement).getFirst();
  }

  private List<Row> query(Statement statement) {
    try {
      return database.query(statement);
    } catch (DatabaseUnavailableException e) {
      throw new JobStoreUnavailableException(e);
    }
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
