package dev.promptlab.epoch.rdsdata;

import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Statement;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The rows of {@code epoch_change}. Thread-safe. */
public final class RdsDataChangeLog implements ChangeLog {
  private final DataApi database;

  public RdsDataChangeLog(DataApi database) {
    this.database = database;
  }

  @Override
  public List<Long> pending() {
    return database
        .query(Statement.of("select change_id from epoch_change order by change_id limit 1000"))
        .stream()
        .map(row -> row.number("change_id"))
        .toList();
  }

  @Override
  public void told(Collection<Long> changeIds) {
    // Each by its id: one with a lower id may be committed only now. There are no array parameters.
    database.query(
        Statement.of(
                "delete from epoch_change where change_id in"
                    + " (select id::bigint from jsonb_array_elements_text(:ids::jsonb) as id)")
            .text(
                "ids",
                changeIds.stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(",", "[", "]"))));
  }
}
