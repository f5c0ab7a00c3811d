package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.epoch.Committed;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobFilter;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.ListedJob;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Jobs in PostgreSQL, for those who ask for them: what must be atomic is one call of a function of
 * the schema. Thread-safe.
 */
public final class RdsDataJobStore implements JobStore {
  /** How long after acceptance the sweeper sends a job that no worker has taken. */
  private static final Duration SWEEP_AFTER = Duration.ofSeconds(60);

  /** Parts of at most 32 KB in one answer, which may have 1 MiB. */
  private static final int PARTS_PER_CALL = 24;

  private final DataApi database;
  private final Optional<UsdAmount> deploymentBudget;

  /**
   * The store.
   *
   * @param deploymentBudget what the jobs of all accounts may cost a day (UTC); empty: no cap
   */
  public RdsDataJobStore(DataApi database, Optional<UsdAmount> deploymentBudget) {
    this.database = database;
    this.deploymentBudget = deploymentBudget;
  }

  @Override
  public Acceptance accept(NewJob job) {
    return acceptance(
        database
            .query(
                Statement.of(
                        "select * from accept_job(:id, :account, :key, :scope, :template, :version::integer, :provider,"
                            + " :hash, :input, :reuse, :store, :maxAge::integer, :idempotency, :body, :bound::bigint,"
                            + " :budget::bigint, :deadline::integer, :sweep::integer)")
                    .uuid("id", job.jobId())
                    .text("account", job.account())
                    .uuid("key", job.keyId().orElse(null))
                    .text("scope", job.shared() ? "shared" : "account")
                    .text("template", job.templateId())
                    .number("version", job.templateVersion())
                    .text("provider", job.provider().wireName())
                    .text("hash", job.inputHash().hex())
                    .text("input", job.input().canonical())
                    .flag("reuse", job.reuse().lookup())
                    .flag("store", job.reuse().store())
                    .number("maxAge", job.reuse().maxAge().map(Duration::toSeconds).orElse(null))
                    .text(
                        "idempotency", job.idempotency().map(NewJob.Idempotency::key).orElse(null))
                    .text(
                        "body", job.idempotency().map(NewJob.Idempotency::bodySha256).orElse(null))
                    .number("bound", job.costBound().nanos())
                    .number("budget", deploymentBudget.map(UsdAmount::nanos).orElse(null))
                    .number("deadline", job.deadline().toSeconds())
                    .number("sweep", SWEEP_AFTER.toSeconds()))
            .getFirst());
  }

  private static Acceptance acceptance(Row row) {
    return switch (row.text("outcome")) {
      case "queued" -> new Acceptance.Queued(row.uuid("id"), row.millis("created_ms"));
      case "joined" ->
          new Acceptance.Joined(
              row.uuid("id"),
              JobStatus.named(row.text("job_status")),
              row.integer("job_attempts"),
              row.millis("created_ms"),
              row.optionalMillis("started_ms"));
      case "reused" -> new Acceptance.Reused(row.uuid("id"));
      case "repeated" -> new Acceptance.Repeated(row.uuid("id"));
      case "conflict" -> new Acceptance.Conflict();
      case "account-budget" -> new Acceptance.OverBudget(Acceptance.Cap.ACCOUNT);
      case "deployment-budget" -> new Acceptance.OverBudget(Acceptance.Cap.DEPLOYMENT);
      default -> throw new IllegalStateException(row.text("outcome"));
    };
  }

  @Override
  public Optional<UUID> reusable(InputHash hash, Optional<Duration> maxAge) {
    return database
        .queryOne(
            Statement.of("select job_id from reusable_job(:hash, :maxAge::integer)")
                .text("hash", hash.hex())
                .number("maxAge", maxAge.map(Duration::toSeconds).orElse(null)))
        .map(row -> row.uuid("job_id"));
  }

  @Override
  public Optional<Acceptance> repeated(String account, NewJob.Idempotency idempotency) {
    return database
        .queryOne(
            Statement.of(
                    "select job_id, body_sha256 from idempotency where account = :account"
                        + " and idempotency_key = :key and expires_at > clock_timestamp()")
                .text("account", account)
                .text("key", idempotency.key()))
        .map(
            row ->
                row.text("body_sha256").equals(idempotency.bodySha256())
                    ? new Acceptance.Repeated(row.uuid("job_id"))
                    : new Acceptance.Conflict());
  }

  @Override
  public Page<ListedJob> list(String account, JobFilter filter, int limit) {
    List<Row> rows =
        database.query(
            Statement.of(JobRows.SELECT_OF_CALLER)
                .text("account", account)
                .text("status", filter.status().map(JobStatus::wireName).orElse(null))
                .text("template", filter.templateId().orElse(null))
                .number(
                    "afterMicros", filter.after().map(JobFilter.Position::addedMicros).orElse(null))
                .uuid("afterId", filter.after().map(JobFilter.Position::jobId).orElse(null))
                .number("limit", limit + 1));
    return Page.of(
        rows.stream()
            .map(
                row ->
                    new ListedJob(
                        JobRows.job(row, ""),
                        new JobFilter.Position(row.number("added_us"), row.uuid("job_id"))))
            .toList(),
        limit);
  }

  @Override
  public Withdrawal withdraw(UUID jobId, String account, String request) {
    Row row =
        database
            .query(
                Statement.of("select withdraw_caller(:id, :account, :request) as outcome")
                    .uuid("id", jobId)
                    .text("account", account)
                    .text("request", request))
            .getFirst();
    return Withdrawal.valueOf(row.text("outcome").replace('-', '_').toUpperCase(Locale.ROOT));
  }

  @Override
  public Optional<Committed<InputHash>> erase(UUID jobId) {
    return database
        .queryOne(
            Statement.of("select hash, change_id from erase_content(:id, null, null)")
                .uuid("id", jobId))
        .map(row -> new Committed<>(new InputHash(row.text("hash")), row.number("change_id")));
  }

  @Override
  public Optional<Job> find(UUID jobId) {
    List<Row> rows =
        database.query(
            Statement.of(JobRows.SELECT).uuid("id", jobId).number("parts", PARTS_PER_CALL));
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
          database.query(
              Statement.of(JobRows.SELECT_PARTS)
                  .uuid("id", jobId)
                  .number("from", from)
                  .number("to", from + PARTS_PER_CALL));
      rows.forEach(row -> output.append(row.text("content")));
      from += PARTS_PER_CALL;
    } while (rows.size() == PARTS_PER_CALL);
  }
}
