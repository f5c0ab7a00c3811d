package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.StoredResults;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stored results in PostgreSQL, through the RDS Data API: many inputs in one text, as there are no
 * array parameters; outputs part by part, as an answer has 1 MiB at most. Thread-safe.
 */
public final class RdsDataStoredResults implements StoredResults {
  private static final String NOT_EXPIRED = "and cacheable_until > clock_timestamp()";

  /** The youngest of each input; j is the job. */
  private static final String YOUNGEST =
      """
      from (select distinct unnest(string_to_array(:hashes, ',')) as hash) wanted
        cross join lateral (
          select * from job
          where input_hash = wanted.hash and reusable and status = 'completed' and cacheable_until is not null
            and not is_invalidated(template_id, input_hash, created_at) %s
          order by created_at desc
          limit 1) j
        join template t on t.template_id = j.template_id and t.current_version = j.template_version
      """;

  private static final String CURRENT = YOUNGEST.formatted(NOT_EXPIRED);

  /** Of at most 32 KB each. */
  private static final int PARTS_PER_CALL = 24;

  private final DataApi database;

  public RdsDataStoredResults(DataApi database) {
    this.database = database;
  }

  @Override
  public List<CachedResult> current(Collection<InputHash> hashes) {
    List<Row> rows =
        query(
            "select "
                + JobRows.COLUMNS
                + ", (select count(*) from job_output o where o.job_id = j.job_id) as parts\n"
                + CURRENT,
            hashes);
    Map<UUID, Output> outputs = outputs(rows.stream().map(row -> row.uuid("job_id")).toList());
    return rows.stream().flatMap(row -> result(row, outputs).stream()).toList();
  }

  /** Empty if its output has been erased since its row was read, all of it or what was left. */
  private static Optional<CachedResult> result(Row row, Map<UUID, Output> outputs) {
    Output output = outputs.get(row.uuid("job_id"));
    return output == null || output.parts != row.number("parts")
        ? Optional.empty()
        : Optional.of(JobRows.job(row, output.text.toString())).flatMap(Job::cachedResult);
  }

  private static final class Output {
    final StringBuilder text = new StringBuilder();
    int parts;
  }

  private Map<UUID, Output> outputs(List<UUID> jobIds) {
    Map<UUID, Output> outputs = new HashMap<>();
    if (jobIds.isEmpty()) {
      return outputs;
    }
    String ids = jobIds.stream().map(UUID::toString).collect(Collectors.joining(","));
    @Nullable Row last = null;
    List<Row> rows;
    do {
      rows = parts(ids, last);
      for (Row row : rows) {
        Output output = outputs.computeIfAbsent(row.uuid("job_id"), _ -> new Output());
        output.text.append(row.text("content"));
        output.parts++;
        last = row;
      }
    } while (rows.size() == PARTS_PER_CALL);
    return outputs;
  }

  private List<Row> parts(String ids, @Nullable Row after) {
    return database.query(
        Statement.of(
                """
                select job_id, part, content from job_output
                where job_id in (select unnest(string_to_array(:ids, ','))::uuid)
                  and (:afterId::uuid is null or (job_id, part) > (:afterId::uuid, :afterPart::integer))
                order by job_id, part
                limit :limit
                """)
            .text("ids", ids)
            .uuid("afterId", after == null ? null : after.uuid("job_id"))
            .number("afterPart", after == null ? null : after.integer("part"))
            .number("limit", PARTS_PER_CALL));
  }

  @Override
  public Set<UUID> currentJobs(Collection<InputHash> hashes) {
    return query("select j.job_id\n" + CURRENT, hashes).stream()
        .map(row -> row.uuid("job_id"))
        .collect(Collectors.toSet());
  }

  @Override
  public List<Ageing> ageing(Collection<InputHash> hashes, Duration within) {
    return database
        .query(
            statement(
                    """
                    select j.job_id, j.input_hash, j.account, j.scope, j.template_id, j.template_version, j.provider,
                      floor(extract(epoch from clock_timestamp() - j.completed_at))::bigint as age_seconds
                    """
                        + YOUNGEST.formatted("")
                        + "where j.cacheable_until <= clock_timestamp() + make_interval(secs => :within::integer)",
                    hashes)
                .number("within", within.toSeconds()))
        .stream()
        .map(
            row ->
                new Ageing(
                    row.uuid("job_id"),
                    new InputHash(row.text("input_hash")),
                    row.text("account"),
                    JobRows.shared(row.text("scope")),
                    row.text("template_id"),
                    row.integer("template_version"),
                    JobRows.provider(row.text("provider")),
                    Duration.ofSeconds(row.number("age_seconds"))))
        .toList();
  }

  @Override
  public Optional<GenerationInput> input(UUID jobId) {
    return database
        .queryOne(Statement.of("select input from job_input where job_id = :id").uuid("id", jobId))
        .map(row -> GenerationInput.ofCanonical(row.text("input")));
  }

  private List<Row> query(String sql, Collection<InputHash> hashes) {
    return database.query(statement(sql, hashes));
  }

  private static Statement statement(String sql, Collection<InputHash> hashes) {
    if (hashes.size() > MOST_INPUTS) {
      throw new IllegalArgumentException(hashes.size() + " inputs");
    }
    return Statement.of(sql)
        .text("hashes", hashes.stream().map(InputHash::hex).collect(Collectors.joining(",")));
  }
}
