package dev.promptlab.cache.rdsdata;

import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Invalidation;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.epoch.Committed;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Invalidations in PostgreSQL. Thread-safe. */
public final class RdsDataInvalidationStore implements InvalidationStore {
  private final DataApi database;
  private final Duration defaultTtl;
  private final Duration deadline;

  /**
   * The store.
   *
   * @param defaultTtl of results whose template says nothing: an invalidation matters for that long
   * @param deadline of jobs, likewise
   */
  public RdsDataInvalidationStore(DataApi database, Duration defaultTtl, Duration deadline) {
    this.database = database;
    this.defaultTtl = defaultTtl;
    this.deadline = deadline;
  }

  @Override
  public Committed<Long> invalidate(Target target, String reason) {
    Statement statement =
        Statement.of(
                "select * from invalidate_results(:template, :hash, :pattern, :regex, :reason, :ttl::integer,"
                    + " :deadline::integer)")
            .text("template", target instanceof Target.Template(String id) ? id : null)
            .text("hash", target instanceof Target.Input(InputHash hash) ? hash.hex() : null)
            .text("pattern", target instanceof Target.Keys(KeyPattern keys) ? keys.glob() : null)
            .text("regex", target instanceof Target.Keys(KeyPattern keys) ? keys.regex() : null)
            .text("reason", reason)
            .number("ttl", defaultTtl.toSeconds())
            .number("deadline", deadline.toSeconds());
    Row row = database.query(statement).getFirst();
    return new Committed<>(row.number("invalidated"), row.number("change_id"));
  }

  @Override
  public Invalidations current() {
    return new Invalidations(
        database
            .query(
                Statement.of(
                        """
                        select template_id, input_hash, key_pattern,
                          ceil(extract(epoch from before) * 1000)::bigint as before_ms
                        from invalidation
                        where expires_at > clock_timestamp()
                        order by before desc
                        limit :limit
                        """)
                    .number("limit", Invalidations.MAX_ROWS + 1))
            .stream()
            .map(RdsDataInvalidationStore::invalidation)
            .toList());
  }

  @Override
  public List<InputHash> cachedInputs(String templateId, Optional<InputHash> after) {
    return database
        .query(
            Statement.of(
                    """
                    select distinct input_hash from job
                    where template_id = :template and reusable and status = 'completed'
                      and cacheable_until > clock_timestamp() and input_hash > :after
                    order by input_hash
                    limit 1000
                    """)
                .text("template", templateId)
                .text("after", after.map(InputHash::hex).orElse("")))
        .stream()
        .map(row -> new InputHash(row.text("input_hash")))
        .toList();
  }

  private static Invalidation invalidation(Row row) {
    return new Invalidation(
        row.optionalText("template_id"),
        row.optionalText("input_hash").map(InputHash::new),
        row.optionalText("key_pattern").map(KeyPattern::new),
        row.millis("before_ms"));
  }
}
