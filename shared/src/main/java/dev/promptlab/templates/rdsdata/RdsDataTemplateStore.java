package dev.promptlab.templates.rdsdata;

import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Templates in PostgreSQL. Thread-safe. */
public final class RdsDataTemplateStore implements TemplateStore {
  private static final String CURRENT =
      TemplateRows.SELECT
          + "join template t on t.template_id = v.template_id and t.current_version = v.version ";

  /** What one answer may hold of templates: it has 1 MiB, and JSON escapes some characters. */
  private static final int PAGE_BYTES = 400_000;

  private static final String LIST =
      """
      select * from (
        select c.*, row_number() over page as position,
          sum(octet_length(content) + coalesce(octet_length(system), 0)) over page as bytes,
          lead(template_id) over page is not null as more
        from (%s where v.template_id > :after order by v.template_id limit :limit + 1) c
        window page as (order by template_id)
      ) p
      where position = 1 or (position <= :limit and bytes <= :bytes)
      order by template_id
      """
          .formatted(CURRENT);

  private final DataApi database;

  public RdsDataTemplateStore(DataApi database) {
    this.database = database;
  }

  @Override
  public Optional<PromptTemplate> current(String templateId) {
    return database
        .queryOne(Statement.of(CURRENT + "where v.template_id = :id").text("id", templateId))
        .map(TemplateRows::template);
  }

  @Override
  public Optional<PromptTemplate> version(String templateId, int version) {
    return database
        .queryOne(
            Statement.of(TemplateRows.SELECT + "where v.template_id = :id and v.version = :version")
                .text("id", templateId)
                .number("version", version))
        .map(TemplateRows::template);
  }

  @Override
  public Page<PromptTemplate> list(Optional<String> after, int limit) {
    List<Row> rows =
        database.query(
            Statement.of(LIST)
                .text("after", after.orElse(""))
                .number("limit", limit)
                .number("bytes", PAGE_BYTES));
    return new Page<>(
        rows.stream().map(TemplateRows::template).toList(),
        !rows.isEmpty() && rows.getLast().flag("more"));
  }

  @Override
  public PutOutcome put(String templateId, TemplateDefinition definition, Expected expected) {
    Row row =
        database
            .query(
                Statement.of(
                        "select * from put_template(:id, :expected::integer, :name, :content, :system, :models,"
                            + " :parameters, :ttl::integer, :scope, :fallbacks)")
                    .text("id", templateId)
                    .number("expected", code(expected))
                    .text("name", definition.name())
                    .text("content", definition.content())
                    .text("system", definition.system().orElse(null))
                    .text("models", TemplateRows.modelsJson(definition))
                    .text("parameters", TemplateRows.parametersJson(definition))
                    .number("ttl", definition.cacheTtl().map(Duration::toSeconds).orElse(null))
                    .text("scope", TemplateRows.scope(definition))
                    .text("fallbacks", TemplateRows.fallbacksJson(definition)))
            .getFirst();
    if (row.text("outcome").equals("precondition-failed")) {
      return new PutOutcome.Unexpected(row.integer("version_now"));
    }
    PromptTemplate template =
        new PromptTemplate(
            templateId, row.integer("version_now"), definition, row.millis("updated_ms"));
    return new PutOutcome.Written(
        new Committed<>(template, row.number("change_id")), row.text("outcome").equals("created"));
  }

  private static @Nullable Integer code(Expected expected) {
    return switch (expected) {
      case Expected.Anything() -> null;
      case Expected.Nothing() -> 0;
      case Expected.AnyVersion() -> -1;
      case Expected.Version(int version) -> version;
    };
  }
}
