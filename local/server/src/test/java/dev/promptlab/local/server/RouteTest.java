package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

  @Test
  void isThereForEachOperationOfTheContract() throws IOException {
    List<Route> routes = Route.all("an input");
    Set<String> missing = new TreeSet<>();
    JsonNode paths = new YAMLMapper().readTree(new File("../../openapi.yaml")).path("paths");
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      String pattern = path.getKey().replaceAll("\\{[^}]*\\}", "[^/?]+") + "(\\?.*)?";
      path.getValue()
          .fieldNames()
          .forEachRemaining(
              method -> {
                if (METHODS.contains(method)
                    && routes.stream()
                        .noneMatch(
                            route ->
                                route.method().equals(method.toUpperCase(Locale.ROOT))
                                    && route.target().matches(pattern))) {
                  missing.add(method + " " + path.getKey());
                }
              });
    }

    assertThat(paths).isNotEmpty();
    assertThat(missing).as("operations of openapi.yaml that Route.all has not").isEmpty();
  }
}
