package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.Row;
import java.util.Optional;

/** How jobs are read from their table. */
final class JobRows {
  static final String COLUMNS =
      """
      j.job_id, j.status, j.account, j.scope, j.template_id, j.template_version, j.provider, j.input_hash, j.attempts,
        j.model, j.finish_reason, j.input_tokens, j.output_tokens, j.cost_nanos, j.erased_at is not null as erased,
        j.error_code, j.error_message, j.error_retryable,
        epoch_millis(j.created_at) as created_ms, epoch_millis(j.started_at) as started_ms,
        epoch_millis(j.completed_at) as completed_ms, epoch_millis(j.cacheable_until) as cacheable_until_ms
      """;

  /** The job with the first parts of its output, one part a row. */
  static final String SELECT =
      "select "
          + COLUMNS
          + """
          , o.content
          from job j
            left join job_output o on o.job_id = j.job_id and o.part < :parts
          where j.job_id = :id
          order by o.part
          """;

  static final String SELECT_PARTS =
      "select content from job_output where job_id = :id and part >= :from and part < :to order by part";

  /** Without outputs. */
  static final String SELECT_OF_CALLER =
      "select "
          + COLUMNS
          + """
          , (extract(epoch from c.added_at) * 1000000)::bigint as added_us
          from job_caller c join job j on j.job_id = c.job_id
          where c.account = :account
            and (:status::text is null or j.status = :status)
            and (:template::text is null or j.template_id = :template)
            and (:afterMicros::bigint is null or (c.added_at, c.job_id)
              < ('epoch'::timestamptz + :afterMicros::bigint * interval '1 microsecond', :afterId))
          order by c.added_at desc, c.job_id desc
          limit :limit
          """;

  private JobRows() {}

  static Job job(Row row, String output) {
    return new Job(
        row.uuid("job_id"),
        JobStatus.named(row.text("status")),
        row.text("account"),
        shared(row.text("scope")),
        row.text("template_id"),
        row.integer("template_version"),
        provider(row.text("provider")),
        new InputHash(row.text("input_hash")),
        row.integer("attempts"),
        row.optionalText("model").map(model -> generation(row, model, output)),
        row.flag("erased"),
        row.optionalNumber("cost_nanos").map(UsdAmount::new),
        error(row),
        row.millis("created_ms"),
        row.optionalMillis("started_ms"),
        row.optionalMillis("completed_ms"),
        row.optionalMillis("cacheable_until_ms"));
  }

  static boolean shared(String scope) {
    return scope.equals("shared");
  }

  static Provider provider(String wireName) {
    return Provider.named(wireName)
        .orElseThrow(() -> new IllegalStateException("provider " + wireName));
  }

  private static Generation generation(Row row, String model, String output) {
    return new Generation(
        model,
        output,
        FinishReason.named(row.text("finish_reason")),
        new TokenUsage(row.integer("input_tokens"), row.integer("output_tokens")));
  }

  private static Optional<JobError> error(Row row) {
    return row.optionalText("error_code")
        .map(code -> new JobError(code, row.text("error_message"), row.flag("error_retryable")));
  }
}
