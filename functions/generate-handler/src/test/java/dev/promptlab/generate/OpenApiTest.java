package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.promptlab.generation.Provider;
import dev.promptlab.observability.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code openapi.yaml} says what the code does, and its examples keep to what it says. */
final class OpenApiTest {
  private static final Path FILE = Path.of("../../openapi.yaml");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final String IRI = "https://promptlab.dev/openapi.yaml";
  private static final String PROBLEM = "urn:promptlab:problem:";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  /** Where the code makes a problem, its status and its kind are literals side by side. */
  private static final Pattern MADE =
      Pattern.compile("\\bof\\(\\s*([45][0-9]{2}),\\s*\"([a-z-]+)\"");

  private static final Pattern MADE_BY_NOT_FOUND =
      Pattern.compile("\\bnotFound\\(\\s*\"([a-z-]+)\"");

  private final String yaml = Files.readString(FILE);
  private final JsonNode document = new YAMLMapper().readTree(yaml);
  private final SchemaRegistry schemas =
      SchemaRegistry.withDialect(
          Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(IRI, yaml)));

  OpenApiTest() throws IOException {}

  @Test
  void describesEveryRoute_andNoOther() {
    Set<String> described = new TreeSet<>();
    forEachOperation((name, _) -> described.add(name));
    assertThat(described)
        .as("openapi.yaml")
        .containsExactlyInAnyOrderElementsOf(
            new ApiOnFakes()
                .router().routes().stream()
                    .map(route -> route.method() + " " + route.path())
                    .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void namesEveryMetric() {
    String description = document.at("/paths/~1metrics/get/description").asText();
    assertThat(Stream.of(Counter.values()).map(Counter::metricName))
        .as("the metrics in the description of GET /metrics")
        .allMatch(name -> description.contains("`" + name));
  }

  @Test
  void namesEveryProvider_whereItIsAskedFor_andWhereItsModelIs() {
    List<String> providers = Stream.of(Provider.values()).map(Provider::wireName).toList();
    JsonNode schemas = document.at("/components/schemas");
    assertThat(schemas.at("/Provider/enum").valueStream().map(JsonNode::asText))
        .containsExactlyElementsOf(providers);
    assertThat(schemas.at("/Models/properties").propertyStream().map(Map.Entry::getKey))
        .containsExactlyElementsOf(providers);
  }

  @Test
  void namesEveryProblem_withItsStatus_andNoOther() throws IOException {
    Set<String> made = problemsInTheCode();
    assertThat(
            document
                .at("/components/examples")
                .valueStream()
                .map(example -> example.path("value"))
                .filter(value -> value.path("type").asText().startsWith(PROBLEM))
                .map(value -> value.path("status").asText() + " " + kind(value.path("type")))
                .collect(Collectors.toSet()))
        .as("the examples")
        .containsExactlyInAnyOrderElementsOf(made);
    assertThat(
            document
                .at("/components/schemas/Problem/properties/type/enum")
                .valueStream()
                .map(OpenApiTest::kind))
        .as("the schema's list")
        .containsExactlyInAnyOrderElementsOf(
            made.stream().map(problem -> problem.split(" ", 2)[1]).toList());
  }

  @Test
  void showsEveryProblem_whereItsStatusIs() {
    Set<String> shown = new TreeSet<>();
    forEachOperation(
        (name, operation) ->
            operation
                .path("responses")
                .forEachEntry(
                    (status, response) ->
                        resolved(response)
                            .path("content")
                            .path("application/problem+json")
                            .path("examples")
                            .forEach(
                                example -> {
                                  JsonNode problem = resolved(example).path("value");
                                  assertThat(problem.path("status").asText())
                                      .as("%s %s: %s", name, status, problem)
                                      .isEqualTo(status);
                                  shown.add(kind(problem.path("type")));
                                })));
    document
        .at("/components/schemas/Problem/properties/type/enum")
        .valueStream()
        .map(OpenApiTest::kind)
        // Of no operation: there is none.
        .filter(kind -> !Set.of("not-found", "method-not-allowed").contains(kind))
        .forEach(kind -> assertThat(shown).contains(kind));
  }

  @Test
  void hasAnExampleForEveryBody_thatItsSchemaAllows() {
    int[] count = {0};
    forEachPointer(
        "",
        document,
        (pointer, node) -> {
          if (pointer.matches(".*/content/[^/]+~1[^/]+")) {
            assertThat(node.path("examples")).as(pointer).isNotEmpty();
            for (JsonNode example : node.path("examples")) {
              assertAllowed(pointer, resolved(example).path("value"));
              count[0]++;
            }
          } else if (node.has("in") && node.has("example")) {
            assertAllowed(pointer, node.path("example"));
            count[0]++;
          }
        });
    assertThat(count[0]).isGreaterThan(80);
  }

  @Test
  void namesAndExplainsEveryOperation() {
    Set<String> tags =
        document
            .path("tags")
            .valueStream()
            .map(tag -> tag.path("name").asText())
            .collect(Collectors.toSet());
    Set<String> ids = new TreeSet<>();
    forEachOperation(
        (name, operation) -> {
          assertThat(ids.add(operation.path("operationId").asText())).as(name).isTrue();
          assertThat(operation.path("summary").asText()).as(name).isNotBlank();
          assertThat(operation.path("description").asText()).as(name).isNotBlank();
          assertThat(operation.path("tags").valueStream().map(JsonNode::asText))
              .as(name)
              .isNotEmpty()
              .isSubsetOf(tags);
        });
  }

  private static Set<String> problemsInTheCode() throws IOException {
    Set<String> made = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String source = Files.readString(file);
        MADE.matcher(source)
            .results()
            .forEach(match -> made.add(match.group(1) + " " + match.group(2)));
        MADE_BY_NOT_FOUND
            .matcher(source)
            .results()
            .forEach(match -> made.add("404 " + match.group(1) + "-not-found"));
      }
    }
    return made;
  }

  private static String kind(JsonNode type) {
    assertThat(type.asText()).startsWith(PROBLEM);
    return type.asText().substring(PROBLEM.length());
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }

  /** Checks a value against the schema of what is at a pointer. */
  private void assertAllowed(String pointer, JsonNode value) {
    assertThat(
            schemas
                .getSchema(
                    SchemaLocation.of(
                        IRI + "#" + pointer.replace("{", "%7B").replace("}", "%7D") + "/schema"))
                .validate(
                    value,
                    context ->
                        context.executionConfig(config -> config.formatAssertionsEnabled(true))))
        .as("%s: %s", pointer, value)
        .isEmpty();
  }

  private void forEachOperation(BiConsumer<String, JsonNode> action) {
    document
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      if (METHODS.contains(method)) {
                        action.accept(method.toUpperCase(Locale.ROOT) + " " + path, operation);
                      }
                    }));
  }

  private static void forEachPointer(
      String pointer, JsonNode node, BiConsumer<String, JsonNode> action) {
    action.accept(pointer, node);
    node.forEachEntry(
        (name, value) ->
            forEachPointer(
                pointer + "/" + name.replace("~", "~0").replace("/", "~1"), value, action));
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        forEachPointer(pointer + "/" + i, node.get(i), action);
      }
    }
  }
}
