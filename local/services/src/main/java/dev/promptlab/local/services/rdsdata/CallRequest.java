package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON body of a call, read strictly. */
final class CallRequest {
  private final JsonNode body;

  CallRequest(JsonNode body) {
    if (!body.isObject()) {
      throw serialization("the body must be a JSON object");
    }
    this.body = body;
    required("resourceArn");
    required("secretArn");
    if (text("schema").isPresent()) {
      throw RdsDataException.validation("The schema parameter isn't supported");
    }
  }

  String required(String field) {
    return text(field)
        .filter(text -> !text.isEmpty())
        .orElseThrow(
            () ->
                RdsDataException.validation(
                    "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must not be null"
                        .formatted(field)));
  }

  Optional<String> text(String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw serialization(field + " must be a text");
    }
    return Optional.of(value.textValue());
  }

  boolean flag(String field) {
    JsonNode value = body.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      throw serialization(field + " must be true or false");
    }
    return value.asBoolean(false);
  }

  /** One of the values that a field may have; the first of them if it is not set. */
  String choice(String parent, String field, String... values) {
    JsonNode value = parent.isEmpty() ? body.path(field) : body.path(parent).path(field);
    if (value.isMissingNode() || value.isNull()) {
      return values[0];
    }
    if (!List.of(values).contains(value.asText())) {
      throw RdsDataException.validation(
          "Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: %s"
              .formatted(value.asText(), field, List.of(values)));
    }
    return value.asText();
  }

  Map<String, SqlParameter> parameters() {
    return parameters(body.path("parameters"));
  }

  List<Map<String, SqlParameter>> parameterSets() {
    List<Map<String, SqlParameter>> sets = new ArrayList<>();
    for (JsonNode set : list(body.path("parameterSets"), "parameterSets")) {
      sets.add(parameters(set));
    }
    return sets;
  }

  private static Map<String, SqlParameter> parameters(JsonNode list) {
    Map<String, SqlParameter> parameters = new LinkedHashMap<>();
    for (JsonNode node : list(list, "parameters")) {
      SqlParameter parameter = parameter(node);
      if (parameters.put(parameter.name(), parameter) != null) {
        throw RdsDataException.badRequest("Duplicate parameter: " + parameter.name());
      }
    }
    return parameters;
  }

  private static JsonNode list(JsonNode node, String field) {
    if (!node.isMissingNode() && !node.isNull() && !node.isArray()) {
      throw serialization(field + " must be a list");
    }
    return node;
  }

  private static SqlParameter parameter(JsonNode node) {
    JsonNode name = node.path("name");
    JsonNode value = node.path("value");
    JsonNode hint = node.path("typeHint");
    if (!name.isTextual() || !value.isObject() || value.size() != 1) {
      throw serialization("a parameter must have a name and one value");
    }
    Map.Entry<String, JsonNode> field = value.properties().iterator().next();
    return new SqlParameter(
        name.textValue(), field.getKey(), field.getValue(), hint.isTextual() ? hint.asText() : "");
  }

  static RdsDataException serialization(String message) {
    return new RdsDataException(RdsDataException.Type.SERIALIZATION, message);
  }
}
