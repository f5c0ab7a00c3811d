package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.SweepReport;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Jobs in PostgreSQL, for those who run them: each change of status is one call of a function of
 * the schema. Thread-safe.
 */
public final class RdsDataJobRuns implements JobRuns {
  /** How long after a delivery was due the sweeper sends a job again. */
  private static final Duration SWEEP_AFTER = Duration.ofSeconds(60);

  private static final Duration SWEEP_REPEAT = Duration.ofMinutes(5);

  private final DataApi database;

  public RdsDataJobRuns(DataApi database) {
    this.database = database;
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
                .number("lease", lease.toSeconds())
                .number("max", maxAttempts));
    return switch (row.text("outcome")) {
      case "claimed" -> claimed(jobId, row);
      case "exhausted" -> new Claim.Exhausted(claimed(jobId, row));
      case "leased" -> new Claim.Leased(Duration.ofMillis(row.number("wait_ms")));
      case "ended" -> new Claim.Ended();
      case "missing" -> new Claim.Missing();
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  private static Claim.Claimed claimed(UUID jobId, Row row) {
    return new Claim.Claimed(
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
  }

  @Override
  public void uncount(UUID jobId, UUID token) {
    database.query(
        Statement.of("select uncount_attempt(:id, :token) as done")
            .uuid("id", jobId)
            .uuid("token", token));
  }

  @Override
  public Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, UsdAmount cost, Optional<Duration> cacheTtl) {
    return database
        .queryOne(
            Statement.of(
                    "select * from complete_job(:id, :token, :model, :reason, :output, :inputTokens::integer,"
                        + " :outputTokens::integer, :cost::bigint, :cache::integer)")
                .uuid("id", jobId)
                .uuid("token", token)
                .text("model", result.model())
                .text("reason", result.finishReason().wireName())
                .text("output", result.output())
                .number("inputTokens", result.usage().inputTokens())
                .number("outputTokens", result.usage().outputTokens())
                .number("cost", cost.nanos())
                .number("cache", cacheTtl.map(Duration::toSeconds).orElse(null)))
        .map(
            row ->
                new Completion(
                    row.millis("completed_ms"),
                    row.optionalMillis("cacheable_until_ms"),
                    row.integer("job_requests")));
  }

  @Override
  public boolean fail(UUID jobId, UUID token, JobError error, UsdAmount cost) {
    return only(Statement.of(
                "select fail_job(:id, :token, :code, :message, :retryable, :cost::bigint) as done")
            .uuid("id", jobId)
            .uuid("token", token)
            .text("code", error.code())
            .text("message", error.message())
            .flag("retryable", error.retryable())
            .number("cost", cost.nanos()))
        .flag("done");
  }

  @Override
  public Optional<Duration> release(UUID jobId, UUID token, Duration delay) {
    return givenBack("release_job", jobId, token, delay);
  }

  @Override
  public Optional<Duration> postpone(UUID jobId, UUID token, Duration delay) {
    return givenBack("postpone_job", jobId, token, delay);
  }

  private Optional<Duration> givenBack(String function, UUID jobId, UUID token, Duration delay) {
    Row row =
        only(
            Statement.of(
                    "select "
                        + function
                        + "(:id, :token, :sweep::integer) as done, (select"
                        + " greatest(0, ceil(extract(epoch from deadline_at - clock_timestamp())))::integer"
                        + " from job where job_id = :id) as seconds_left")
                .uuid("id", jobId)
                .uuid("token", token)
                .number("sweep", delay.plus(SWEEP_AFTER).toSeconds()));
    return row.flag("done")
        ? Optional.of(Duration.ofSeconds(Math.min(delay.toSeconds(), row.integer("seconds_left"))))
        : Optional.empty();
  }

  @Override
  public SweepReport sweep(int limit) {
    List<UUID> due = new ArrayList<>();
    List<UUID> expired = new ArrayList<>();
    for (Row row :
        database.query(
            Statement.of("select outcome, id from sweep_jobs(:limit::integer, :repeat::integer)")
                .number("limit", limit)
                .number("repeat", SWEEP_REPEAT.toSeconds()))) {
      (row.text("outcome").equals("due") ? due : expired).add(row.uuid("id"));
    }
    return new SweepReport(due, expired);
  }

  @Override
  public Optional<Duration> nextSweep() {
    Row row =
        only(
            Statement.of(
                "select greatest(0, epoch_millis(min(sweep_at)) - epoch_millis(clock_timestamp())) as wait_ms,"
                    + " count(*) as jobs from job where status in ('queued', 'processing')"));
    return row.number("jobs") == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(row.number("wait_ms")));
  }

  @Override
  public int eraseOld(int retentionDays, int limit) {
    List<Row> rows =
        database.query(
            Statement.of("select id from erase_content(null, :days::integer, :limit::integer)")
                .number("days", retentionDays)
                .number("limit", limit));
    only(Statement.of("select remove_expired(:limit::integer)").number("limit", limit));
    return rows.size();
  }

  private Row only(Statement statement) {
    return database.query(statement).getFirst();
  }
}
