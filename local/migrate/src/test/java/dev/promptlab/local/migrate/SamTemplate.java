package dev.promptlab.local.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * template.yaml with each of CloudFormation's functions in its long form, so that {@code !Ref A} is
 * {@code {"Ref": "A"}}.
 *
 * @param text as it is written, comments too
 */
record SamTemplate(String text, JsonNode root) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static SamTemplate read() throws IOException {
    Path file = Path.of("../../template.yaml");
    try (Reader reader = Files.newBufferedReader(file)) {
      Node node = new Yaml(new LoaderOptions()).compose(reader);
      return new SamTemplate(Files.readString(file), json(node));
    }
  }

  private static JsonNode json(Node node) {
    String tag = node.getTag().getValue();
    if (!tag.startsWith("!")) {
      return plain(node);
    }
    String function = tag.substring(1);
    JsonNode argument = plain(node);
    if (function.equals("GetAtt") && argument.isTextual()) {
      ArrayNode parts = JSON.arrayNode();
      for (String part : argument.asText().split("\\.", 2)) {
        parts.add(part);
      }
      argument = parts;
    }
    boolean bare = function.equals("Ref") || function.equals("Condition");
    return JSON.objectNode().set(bare ? function : "Fn::" + function, argument);
  }

  private static JsonNode plain(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = JSON.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
          object.set(((ScalarNode) entry.getKeyNode()).getValue(), json(entry.getValueNode()));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = JSON.arrayNode();
        sequence.getValue().forEach(element -> array.add(json(element)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new IllegalArgumentException(node.toString());
    };
  }

  private static JsonNode scalar(ScalarNode scalar) {
    if (scalar.getTag().equals(Tag.BOOL)) {
      return JSON.booleanNode(Boolean.parseBoolean(scalar.getValue()));
    }
    if (scalar.getTag().equals(Tag.INT)) {
      return JSON.numberNode(Long.parseLong(scalar.getValue()));
    }
    return JSON.textNode(scalar.getValue());
  }

  JsonNode resource(String name) {
    return root.path("Resources").path(name);
  }

  /** What CloudFormation would make of it with these parameters, and the defaults of the others. */
  ResolvedTemplate with(Map<String, String> parameters) {
    return new ResolvedTemplate(root, parameters);
  }
}
