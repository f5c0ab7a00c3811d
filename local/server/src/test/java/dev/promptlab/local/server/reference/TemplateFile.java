package dev.promptlab.local.server.reference;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** What template.yaml says; a node that is not there has no text, no parts and no elements. */
record TemplateFile(@Nullable Node node) {
  private static final Pattern NAME_IN_TEXT = Pattern.compile("\\$\\{([A-Za-z0-9]+)}");

  static TemplateFile read() {
    try (Reader reader = Files.newBufferedReader(Path.of("../../template.yaml"))) {
      return new TemplateFile(new Yaml(new LoaderOptions()).compose(reader));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TemplateFile at(String... path) {
    TemplateFile at = this;
    for (String name : path) {
      at = at.parts().getOrDefault(name, new TemplateFile(null));
    }
    return at;
  }

  /** Of a mapping, by name. */
  SequencedMap<String, TemplateFile> parts() {
    SequencedMap<String, TemplateFile> parts = new LinkedHashMap<>();
    if (node instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        parts.put(
            ((ScalarNode) entry.getKeyNode()).getValue(), new TemplateFile(entry.getValueNode()));
      }
    }
    return parts;
  }

  /** Of a list. */
  List<TemplateFile> elements() {
    return node instanceof SequenceNode list
        ? list.getValue().stream().map(TemplateFile::new).toList()
        : List.of();
  }

  boolean there() {
    return node != null;
  }

  /** Of a scalar, in one line; of {@code !Ref} the name. */
  String text() {
    return node instanceof ScalarNode scalar
        ? scalar.getValue().strip().replaceAll("\\s+", " ")
        : "";
  }

  /** The parameters that make this value, in the order of their names. */
  List<String> parameters(TemplateFile root) {
    List<String> names = new ArrayList<>();
    addNames(names);
    return List.copyOf(
        new TreeSet<>(names.stream().filter(root.at("Parameters").parts()::containsKey).toList()));
  }

  private void addNames(List<String> names) {
    if (node == null) {
      return;
    }
    switch (node.getTag().getValue()) {
      case "!Ref" -> names.add(text());
      case "!Sub" -> names.addAll(ReferencePage.found(NAME_IN_TEXT, text()));
      default -> {}
    }
    parts().values().forEach(part -> part.addNames(names));
    elements().forEach(element -> element.addNames(names));
  }

  /** The environment variables of a function, those of all functions included. */
  Map<String, TemplateFile> variables(DeployedFunction function) {
    Map<String, TemplateFile> variables =
        new LinkedHashMap<>(at("Globals", "Function", "Environment", "Variables").parts());
    variables.putAll(
        at("Resources", function.resource(), "Properties", "Environment", "Variables").parts());
    return variables;
  }

  /** The resources of a type. */
  Map<String, TemplateFile> resources(String type) {
    Map<String, TemplateFile> resources = new LinkedHashMap<>();
    at("Resources")
        .parts()
        .forEach(
            (name, resource) -> {
              if (resource.at("Type").text().equals(type)) {
                resources.put(name, resource.at("Properties"));
              }
            });
    return resources;
  }
}
