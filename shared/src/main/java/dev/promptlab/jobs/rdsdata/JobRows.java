package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.rdsdata.Row;
import java.util.Optional;

/** How jobs are read from their table. */
final class JobRows {
  /** The job with the first parts of its output, one part a row. */
  static final String SELECT =
      """
      select j.job_id, status, account, scope, template_id, template_version, provider, input_hash, attempts,
        model, finish_reason, input_tokens, output_tokens, error_code, error_message, error_retryable,
        epoch_millis(created_at) as created_ms, epoch_millis(started_at) as started_ms,
        epoch_millis(completed_at) as completed_ms, epoch_millis(cacheable_until) as cacheable_until_ms, o.content
      from job j
        left join job_output o on o.job_id = j.job_id and o.part < :parts
      where j.job_id = :id
      order by o.part
      """;

  static final String SELECT_PARTS =
      "select content from job_output where job_id = :id and part >= :from and part < :to order by part";

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
