package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.json;
import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.templates.CacheScope;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates, over HTTP on fakes. */
final class TemplatesTest {
  private static final String GREET =
      "{\"name\":\"Greet\",\"content\":\"Greet {{who}}.\",\"system\":\"Be {{tone}}.\",\"models\":{\"openai\":\"gpt-x\"},\"parameters\":{\"maxTokens\":9,\"temperature\":0.5},\"cacheTtlSeconds\":60,\"cacheScope\":\"shared\",\"fallbacks\":[{\"provider\":\"anthropic\",\"model\":\"claude-x\"}]}";

  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();

  private ApiOnFakes.Call put(String id, String json) {
    return api.call("PUT", "/templates/" + id).key(admin).json(json);
  }

  private static String content(String content) {
    return "{\"name\":\"A name\",\"content\":\"%s\"}".formatted(content);
  }

  @Test
  void createsATemplate_andShowsIt() {
    APIGatewayV2HTTPResponse reply = put("greet", GREET).send();
    JsonNode template = json(reply, 201);
    assertThat(reply.getHeaders())
        .containsEntry("ETag", "\"1\"")
        .containsEntry("Location", "/templates/greet");
    assertThat(template.toString())
        .isEqualTo(
            "{\"templateId\":\"greet\",\"version\":1,"
                + GREET.substring(1, GREET.length() - 1)
                + ",\"updatedAt\":\"2026-01-01T00:00:00Z\"}");
    APIGatewayV2HTTPResponse read = api.get("/templates/greet");
    assertThat(json(read, 200)).isEqualTo(template);
    assertThat(read.getHeaders()).containsEntry("ETag", "\"1\"");
    assertThat(
            api.call("GET", "/templates/greet")
                .header("If-None-Match", "\"1\"")
                .send()
                .getStatusCode())
        .isEqualTo(304);
  }

  @Test
  void keepsEarlierVersions_andTakesBackWhatWasRead() {
    put("greet", GREET).send();
    json(put("greet", content("Hello {{who}}")).send(), 200);
    JsonNode first = json(api.get("/templates/greet?version=1"), 200);
    assertThat(first.get("content").asText()).isEqualTo("Greet {{who}}.");
    JsonNode restored = json(put("greet", first.toString()).send(), 200);
    assertThat(restored.get("version").asInt()).isEqualTo(3);
    assertThat(restored.get("content")).isEqualTo(first.get("content"));
    problem(api.get("/templates/greet?version=4"), 404, "template-not-found");
    problem(api.get("/templates/greet?version=0"), 400, "invalid-request");
    problem(api.get("/templates/greet?versoin=1"), 400, "invalid-request");
  }

  @Test
  void listsTemplates_byId() {
    JsonNode page = json(api.get("/templates?limit=2"), 200);
    assertThat(page.get("items").findValuesAsText("templateId"))
        .containsExactly(ApiOnFakes.SEED_TEMPLATE, "own");
    JsonNode next =
        json(api.get("/templates?limit=2&cursor=" + page.get("nextCursor").asText()), 200);
    assertThat(next.get("items").findValuesAsText("templateId")).containsExactly("translate");
    assertThat(next.has("nextCursor")).isFalse();
    problem(api.get("/templates?cursor=!"), 400, "invalid-request");
    problem(api.get("/templates?limit=101"), 400, "invalid-request");
  }

  @Test
  void losesNoUpdate_withIfMatch() {
    put("greet", GREET).send();
    json(put("greet", content("two")).header("If-Match", "\"1\"").send(), 200);
    APIGatewayV2HTTPResponse late =
        put("greet", content("three")).header("If-Match", "\"1\"").send();
    problem(late, 412, "precondition-failed");
    assertThat(late.getHeaders()).containsEntry("ETag", "\"2\"");
    problem(put("nope", GREET).header("If-Match", "*").send(), 412, "precondition-failed");
    problem(put("greet", GREET).header("If-None-Match", "*").send(), 412, "precondition-failed");
    for (String tag : new String[] {"1", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "", ","}) {
      problem(put("greet", GREET).header("If-Match", tag).send(), 400, "invalid-request");
    }
    problem(
        put("new", GREET).header("If-Match", "\"1\"").header("If-None-Match", "*").send(),
        400,
        "invalid-request");
    problem(api.get("/templates/new"), 404, "template-not-found");
  }

  @Test
  void makesNoFurtherVersion_whenNothingWouldChange() {
    put("greet", GREET).send();
    assertThat(json(put("greet", GREET).send(), 200).get("version").asInt()).isEqualTo(1);
  }

  @Test
  void servesNoResultOfTheOldVersion_fromTheAnswerOn_onAnyInstance() {
    String request = "{\"templateId\":\"own\",\"provider\":\"openai\",\"input\":\"x\"}";
    GenerateHandler idle = api.anotherInstance();
    String old = api.complete(ApiOnFakes.jobId(api.post(request)));
    assertThat(api.generate(request).send(idle).getHeaders()).containsEntry("X-Cache", "HIT");
    json(put("own", content("Now {{input}}")).send(), 200);
    for (APIGatewayV2HTTPResponse reply :
        new APIGatewayV2HTTPResponse[] {api.generate(request).send(idle), api.post(request)}) {
      JsonNode job = json(reply, 202);
      assertThat(job.get("jobId").asText()).isNotEqualTo(old);
      assertThat(job.get("templateVersion").asInt()).isEqualTo(2);
    }
  }

  @Test
  void findsANewTemplateAtOnce_whereItWasAskedForBefore() {
    String request =
        "{\"templateId\":\"greet\",\"provider\":\"openai\",\"input\":{\"who\":\"Ana\",\"tone\":\"kind\"}}";
    GenerateHandler idle = api.anotherInstance();
    problem(api.generate(request).send(idle), 404, "template-not-found");
    put("greet", GREET).send();
    json(api.generate(request).send(idle), 202);
  }

  @Test
  void rendersWithoutAskingAModel() {
    put("greet", GREET).send();
    APIGatewayV2HTTPResponse reply =
        api.call("POST", "/templates/greet/render")
            .json("{\"input\":{\"who\":\"{{tone}} & Ana\",\"tone\":\"kind\"}}")
            .send();
    assertThat(json(reply, 200).toString())
        .isEqualTo("{\"system\":\"Be kind.\",\"prompt\":\"Greet {{tone}} & Ana.\"}");
    JsonNode problem =
        problem(
            api.call("POST", "/templates/greet/render")
                .json("{\"input\":{\"who\":\"Ana\",\"mood\":1}}")
                .send(),
            400,
            "invalid-request");
    assertThat(problem.get("detail").asText()).contains("\"tone\"").contains("\"mood\"");
    problem(
        api.call("POST", "/templates/nope/render").json("{\"input\":\"x\"}").send(),
        404,
        "template-not-found");
    problem(
        api.call("POST", "/templates/own/render").json("{\"inptu\":\"x\"}").send(),
        400,
        "invalid-request");
    problem(
        api.call("POST", "/templates/own/render")
            .json("{\"input\":\"" + "x".repeat(33_000) + "\"}")
            .send(),
        413,
        "input-too-large");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"content\":\"x\"}                                         | name",
        "{\"name\":\"\",\"content\":\"x\"}                           | name",
        "{\"name\":\"n\"}                                            | content",
        "{\"name\":\"n\",\"content\":\"\"}                           | content",
        "{\"name\":\"n\",\"content\":\"x\",\"system\":null}          | system",
        "{\"name\":\"n\",\"content\":\"x\",\"models\":[]}            | models",
        "{\"name\":\"n\",\"content\":\"x\",\"models\":{\"acme\":\"m\"}} | models.acme",
        "{\"name\":\"n\",\"content\":\"x\",\"models\":{\"openai\":7}} | models.openai",
        "{\"name\":\"n\",\"content\":\"x\",\"parameters\":{\"maxTokens\":0}} | parameters.maxTokens",
        "{\"name\":\"n\",\"content\":\"x\",\"parameters\":{\"maxTokens\":1.5}} | parameters.maxTokens",
        "{\"name\":\"n\",\"content\":\"x\",\"parameters\":{\"temperature\":2.1}} | parameters.temperature",
        "{\"name\":\"n\",\"content\":\"x\",\"parameters\":{\"topP\":1}} | parameters.topP",
        "{\"name\":\"n\",\"content\":\"x\",\"cacheTtlSeconds\":0}    | cacheTtlSeconds",
        "{\"name\":\"n\",\"content\":\"x\",\"cacheTtlSeconds\":2592001} | cacheTtlSeconds",
        "{\"name\":\"n\",\"content\":\"x\",\"cacheScope\":\"all\"}   | cacheScope",
        "{\"name\":\"n\",\"content\":\"x\",\"fallbacks\":{}}         | fallbacks",
        "{\"name\":\"n\",\"content\":\"x\",\"fallbacks\":[{\"provider\":\"acme\",\"model\":\"m\"}]} | fallbacks[0].provider",
        "{\"name\":\"n\",\"content\":\"x\",\"fallbacks\":[{\"provider\":\"openai\"}]} | fallbacks[0].model",
        "{\"name\":\"n\",\"content\":\"x\",\"templateId\":\"other\"} | templateId",
        "{\"name\":\"n\",\"content\":\"x\",\"variables\":[]}         | variables",
      })
  void refusesAnUnusableTemplate_namingTheField(String json, String field) {
    assertThat(problem(put("greet", json).send(), 400, "invalid-request").get("errors"))
        .singleElement()
        .satisfies(error -> assertThat(error.get("field").asText()).isEqualTo(field));
    problem(api.get("/templates/greet"), 404, "template-not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.b", "é", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
  void refusesAnUnusableId(String id) {
    problem(put(id, GREET).send(), 400, "invalid-request");
    problem(api.get("/templates/" + id), 404, "template-not-found");
  }

  @Test
  void refusesTextsThatAreTooLong() {
    json(put("long", content("é".repeat(16 * 1024))).send(), 201);
    problem(put("long", content("é".repeat(16 * 1024) + "x")).send(), 400, "invalid-request");
    problem(put("long", content("x".repeat(600_000))).send(), 413, "input-too-large");
  }

  @Test
  void refusesAnInputThatMakesAnEnormousPrompt() {
    api.template("many", "{{input}}".repeat(100), CacheScope.SHARED);
    String input = "x".repeat(11_000);
    problem(
        api.call("POST", "/templates/many/render").json("{\"input\":\"" + input + "\"}").send(),
        413,
        "input-too-large");
    problem(
        api.post("{\"templateId\":\"many\",\"provider\":\"openai\",\"input\":\"" + input + "\"}"),
        413,
        "input-too-large");
  }

  @Test
  void saysThatAChangeIsNotInForce_whenNobodyCouldBeTold_andARepeatMakesItSo() {
    put("greet", GREET).send();
    api.epoch.setDown(true);
    problem(put("greet", content("two")).send(), 503, "change-not-in-force");
    api.epoch.setDown(false);
    assertThat(json(put("greet", content("two")).send(), 200).get("version").asInt()).isEqualTo(2);
  }

  @Test
  void needsAKey_whereAnonymousCallersAreOff() {
    ApiOnFakes closed = new ApiOnFakes(Map.of("ANONYMOUS_ACCESS", "off"));
    problem(closed.get("/templates"), 401, "unauthorized");
  }
}
