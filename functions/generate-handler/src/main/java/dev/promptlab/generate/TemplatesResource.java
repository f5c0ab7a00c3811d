package dev.promptlab.generate;

import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Cursor;
import dev.promptlab.generate.http.ETags;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.QueryParameters;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.paging.Page;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.PromptTooLargeException;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.TemplateStore.Expected;
import dev.promptlab.templates.TemplateStore.PutOutcome;
import dev.promptlab.templates.VariableMismatchException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /templates}: read, written and rendered. Thread-safe. */
final class TemplatesResource {
  private static final Pattern VERSION_TAG = Pattern.compile("\"([1-9][0-9]{0,8})\"");

  private final Gate gate;
  private final TemplateStore templates;
  private final EpochCopy<String, Optional<PromptTemplate>> current;
  private final Changes changes;

  TemplatesResource(
      Gate gate,
      TemplateStore templates,
      EpochCopy<String, Optional<PromptTemplate>> current,
      Changes changes) {
    this.gate = gate;
    this.templates = templates;
    this.current = current;
    this.changes = changes;
  }

  /** {@code GET /templates}. */
  ApiReply list(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.ANYONE,
        _ -> {
          QueryParameters query = new QueryParameters(request);
          Optional<String> after =
              query.optional(
                  "cursor",
                  "must be a nextCursor",
                  text -> Cursor.read(text).filter(id -> PromptTemplate.ID.matcher(id).matches()));
          int limit = query.limit();
          query.requireUsable();
          Page<PromptTemplate> page = templates.list(after, limit);
          return ListBody.reply(
              page.map(TemplateBody::of), () -> Cursor.of(page.items().getLast().templateId()));
        });
  }

  /** {@code GET /templates/{id}}: the version in force, or another one. */
  ApiReply get(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.ANYONE,
        admitted -> {
          QueryParameters query = new QueryParameters(request);
          Optional<Integer> version =
              query.optional(
                  "version",
                  "must be a whole number from 1",
                  text -> QueryParameters.wholeNumber(text).filter(number -> number >= 1));
          query.requireUsable();
          PromptTemplate template =
              known(id)
                  .flatMap(
                      known ->
                          version.isPresent()
                              ? templates.version(known, version.get())
                              : admitted.current(current, known))
                  .orElseThrow(() -> notFound(id));
          String etag = etag(template.version());
          return (ETags.noneMatch(request, etag)
                  ? ApiReply.empty(304)
                  : ApiReply.json(200, TemplateBody.of(template)))
              .with("ETag", etag);
        });
  }

  /** {@code PUT /templates/{id}}: the next version, or the first. */
  ApiReply put(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          String templateId =
              known(id)
                  .orElseThrow(
                      () ->
                          new RefusedException(
                              Problem.invalidRequest(
                                  "templateId", "must have 1 to 64 characters A-Z a-z 0-9 _ -")));
          TemplateDefinition definition = TemplateBody.definition(request, templateId);
          Expected expected = expected(request);
          changes.expect();
          return switch (templates.put(templateId, definition, expected)) {
            case PutOutcome.Unexpected(int version) -> throw preconditionFailed(version);
            case PutOutcome.Written written -> {
              PromptTemplate template = written.template().value();
              Audit.log(
                  admitted.caller(), "template.put", templateId + " version " + template.version());
              changes.tell(written.template());
              yield ApiReply.json(written.created() ? 201 : 200, TemplateBody.of(template))
                  .with("Location", "/templates/" + templateId)
                  .with("ETag", etag(template.version()));
            }
          };
        });
  }

  /** {@code POST /templates/{id}/render}: what a model would be sent. */
  ApiReply render(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.ANYONE,
        admitted -> {
          PromptTemplate template =
              known(id)
                  .flatMap(known -> admitted.current(current, known))
                  .orElseThrow(() -> notFound(id));
          try {
            return ApiReply.json(200, RenderedBody.of(template.render(input(request))));
          } catch (VariableMismatchException e) {
            throw Problems.mismatch(e);
          } catch (PromptTooLargeException e) {
            throw Problems.promptTooLarge(e);
          }
        });
  }

  private record RenderedBody(Optional<String> system, String prompt) {
    static RenderedBody of(RenderedPrompt prompt) {
      return new RenderedBody(prompt.system(), prompt.prompt());
    }
  }

  private static GenerationInput input(ApiRequest request) {
    JsonBody body = JsonBody.of(request, GenerateRequest.MAX_BODY_BYTES);
    GenerationInput input = GenerateRequest.input(body);
    body.refuseOthers();
    body.requireUsable();
    GenerateRequest.requireFitting(Objects.requireNonNull(input));
    return input;
  }

  private static Expected expected(ApiRequest request) {
    boolean nothing = request.header("if-none-match").filter("*"::equals).isPresent();
    if (!request.headers().containsKey("if-match")) {
      return nothing ? new Expected.Nothing() : new Expected.Anything();
    }
    if (nothing) {
      throw unusableIfMatch("contradicts If-None-Match: *");
    }
    List<String> tags = ETags.tags(request, "if-match").toList();
    if (tags.equals(List.of("*"))) {
      return new Expected.AnyVersion();
    }
    // An empty header too is refused: whoever sends one means to be guarded.
    Matcher version = VERSION_TAG.matcher(tags.isEmpty() ? "" : tags.getFirst());
    if (tags.size() > 1 || !version.matches()) {
      throw unusableIfMatch("must be the ETag of one version, as \"3\"");
    }
    return new Expected.Version(Integer.parseInt(version.group(1)));
  }

  private static RefusedException unusableIfMatch(String message) {
    return new RefusedException(Problem.invalidRequest("If-Match", message));
  }

  private static RefusedException preconditionFailed(int version) {
    Problem problem =
        Problem.of(
            412,
            "precondition-failed",
            "Another version is in force",
            version == 0
                ? "There is no such template yet."
                : "Version " + version + " is in force: read it before you replace it.");
    return new RefusedException(version == 0 ? problem : problem.withHeader("ETag", etag(version)));
  }

  private static Optional<String> known(String id) {
    return Optional.of(id).filter(text -> PromptTemplate.ID.matcher(text).matches());
  }

  private static RefusedException notFound(String id) {
    return known(id).isPresent()
        ? Problems.templateNotFound(id)
        : Problems.notFound("template", "There is no template of that id.");
  }

  private static String etag(int version) {
    return "\"" + version + "\"";
  }
}
