package dev.promptlab.local.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A template with its conditions decided and its functions called. What only AWS knows stands as
 * {@code ref:Resource} and {@code att:Resource.Attribute}.
 */
final class ResolvedTemplate {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}!]+)}");
  private static final Map<String, String> PSEUDO =
      Map.of(
          "AWS::Region", "eu-west-1",
          "AWS::Partition", "aws",
          "AWS::AccountId", "123456789012",
          "AWS::StackName", "promptlab",
          "AWS::StackId",
              "arn:aws:cloudformation:eu-west-1:123456789012:stack/promptlab/1a2b3c4d-5e6f-7081",
          "AWS::URLSuffix", "amazonaws.com");

  private final JsonNode root;
  private final Map<String, JsonNode> parameters = new HashMap<>();
  private final Map<String, JsonNode> resources = new LinkedHashMap<>();

  ResolvedTemplate(JsonNode root, Map<String, String> given) {
    this.root = root;
    for (Map.Entry<String, JsonNode> parameter : root.path("Parameters").properties()) {
      String name = parameter.getKey();
      String text = given.getOrDefault(name, parameter.getValue().path("Default").asText());
      parameters.put(
          name,
          parameter.getValue().path("Type").asText().equals("CommaDelimitedList")
              ? array(text.split(","))
              : JSON.textNode(text));
    }
    if (!parameters.keySet().containsAll(given.keySet())) {
      throw new IllegalArgumentException("no such parameter, one of " + given.keySet());
    }
    for (Map.Entry<String, JsonNode> resource : root.path("Resources").properties()) {
      JsonNode condition = resource.getValue().path("Condition");
      if (condition.isMissingNode() || condition(condition.asText())) {
        resources.put(resource.getKey(), resolved(resource.getValue()).orElseThrow());
      }
    }
  }

  /** What is made, by name. */
  Map<String, JsonNode> resources() {
    return resources;
  }

  /** What is made of a type, by name. */
  Map<String, JsonNode> resources(String type) {
    Map<String, JsonNode> found = new LinkedHashMap<>(resources);
    found.values().removeIf(resource -> !resource.path("Type").asText().equals(type));
    return found;
  }

  JsonNode properties(String resource) {
    return Optional.ofNullable(resources.get(resource)).orElseThrow().path("Properties");
  }

  /** What all functions have. */
  JsonNode globals() {
    return resolved(root.at("/Globals/Function")).orElseThrow();
  }

  /** What the stack tells of itself. */
  JsonNode outputs() {
    return resolved(root.path("Outputs")).orElseThrow();
  }

  /** Each environment variable that a function is given. */
  Map<String, String> variables(String function) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode level : List.of(globals(), properties(function))) {
      level
          .at("/Environment/Variables")
          .properties()
          .forEach(variable -> variables.put(variable.getKey(), variable.getValue().asText()));
    }
    return variables;
  }

  /** What the rules of the template say against these parameters. */
  List<String> objections() {
    List<String> objections = new ArrayList<>();
    for (JsonNode rule : root.path("Rules")) {
      if (!rule.has("RuleCondition") || truth(rule.path("RuleCondition"))) {
        for (JsonNode assertion : rule.path("Assertions")) {
          if (!truth(assertion.path("Assert"))) {
            objections.add(assertion.path("AssertDescription").asText());
          }
        }
      }
    }
    return objections;
  }

  private boolean condition(String name) {
    return truth(root.path("Conditions").path(name));
  }

  private boolean truth(JsonNode node) {
    Map.Entry<String, JsonNode> call = node.properties().iterator().next();
    JsonNode arguments = call.getValue();
    return switch (call.getKey()) {
      case "Condition" -> condition(arguments.asText());
      case "Fn::Equals" -> text(arguments.get(0)).equals(text(arguments.get(1)));
      case "Fn::Not" -> !truth(arguments.get(0));
      case "Fn::And" -> stream(arguments).allMatch(this::truth);
      case "Fn::Or" -> stream(arguments).anyMatch(this::truth);
      case "Fn::Contains" ->
          stream(value(arguments.get(0)))
              .anyMatch(it -> it.asText().equals(text(arguments.get(1))));
      default -> throw new IllegalArgumentException(node.toString());
    };
  }

  private JsonNode value(JsonNode node) {
    return resolved(node).orElseThrow();
  }

  private String text(JsonNode node) {
    return value(node).asText();
  }

  /** Empty for what is not to be there. */
  private Optional<JsonNode> resolved(JsonNode node) {
    if (node.isArray()) {
      ArrayNode array = JSON.arrayNode();
      node.forEach(element -> resolved(element).ifPresent(array::add));
      return Optional.of(array);
    }
    if (!node.isObject()) {
      return Optional.of(node);
    }
    if (node.size() == 1) {
      Map.Entry<String, JsonNode> only = node.properties().iterator().next();
      if (only.getKey().startsWith("Fn::") || only.getKey().equals("Ref")) {
        return called(only.getKey(), only.getValue());
      }
    }
    ObjectNode object = JSON.objectNode();
    node.properties()
        .forEach(
            member -> resolved(member.getValue()).ifPresent(it -> object.set(member.getKey(), it)));
    return Optional.of(object);
  }

  private Optional<JsonNode> called(String function, JsonNode arguments) {
    return switch (function) {
      case "Ref" -> reference(arguments.asText());
      case "Fn::If" -> resolved(arguments.get(condition(arguments.get(0).asText()) ? 1 : 2));
      case "Fn::GetAtt" ->
          text("att:" + arguments.get(0).asText() + "." + arguments.get(1).asText());
      case "Fn::Sub" -> text(substituted(arguments));
      case "Fn::Join" ->
          text(
              String.join(
                  text(arguments.get(0)),
                  stream(value(arguments.get(1))).map(JsonNode::asText).toList()));
      case "Fn::Split" ->
          Optional.of(
              array(text(arguments.get(1)).split(Pattern.quote(text(arguments.get(0))), -1)));
      case "Fn::Select" ->
          Optional.ofNullable(value(arguments.get(1)).get(arguments.get(0).asInt()));
      case "Fn::GetAZs" -> Optional.of(array("eu-west-1a", "eu-west-1b"));
      case "Fn::Cidr" -> Optional.of(array("cidr-0", "cidr-1", "cidr-2"));
      default -> throw new IllegalArgumentException(function);
    };
  }

  private Optional<JsonNode> reference(String name) {
    if (name.equals("AWS::NoValue")) {
      return Optional.empty();
    }
    if (PSEUDO.containsKey(name)) {
      return text(PSEUDO.get(name));
    }
    return parameters.containsKey(name) ? Optional.of(parameters.get(name)) : text("ref:" + name);
  }

  private String substituted(JsonNode arguments) {
    Map<String, String> own = new HashMap<>();
    if (arguments.isArray()) {
      arguments.get(1).properties().forEach(it -> own.put(it.getKey(), text(it.getValue())));
    }
    String pattern = arguments.isArray() ? arguments.get(0).asText() : arguments.asText();
    return VARIABLE
        .matcher(pattern)
        .replaceAll(
            found -> {
              String name = found.group(1);
              if (own.containsKey(name)) {
                return own.get(name);
              }
              return name.contains(".") ? "att:" + name : reference(name).orElseThrow().asText();
            });
  }

  private static Optional<JsonNode> text(String text) {
    return Optional.of(JSON.textNode(text));
  }

  private static ArrayNode array(String... texts) {
    ArrayNode array = JSON.arrayNode();
    Arrays.stream(texts).forEach(array::add);
    return array;
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
