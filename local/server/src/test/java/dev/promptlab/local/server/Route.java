package dev.promptlab.local.server;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request that is usable.
 *
 * @param admins whether only an admin may send it
 */
record Route(boolean admins, String method, String target, @Nullable String body) {
  /** One for each route of the API. */
  static List<Route> all(String input) {
    String id = UUID.randomUUID().toString();
    return List.of(
        new Route(false, "POST", "/generate", generate("anthropic", "own", input)),
        new Route(false, "GET", "/jobs", null),
        new Route(false, "GET", "/jobs/" + id, null),
        new Route(false, "DELETE", "/jobs/" + id, null),
        new Route(false, "DELETE", "/jobs/%s/content".formatted(id), null),
        new Route(false, "GET", "/templates", null),
        new Route(false, "GET", "/templates/classify", null),
        new Route(false, "POST", "/templates/own/render", "{\"input\":\"%s\"}".formatted(input)),
        new Route(true, "PUT", "/templates/put", PromptLabProcess.template(input + " {{input}}")),
        new Route(
            true, "POST", "/cache/invalidate", "{\"templateId\":\"put\",\"reason\":\"test\"}"),
        new Route(true, "GET", "/api-keys", null),
        new Route(true, "POST", "/api-keys", "{\"account\":\"rotating\",\"tier\":\"free\"}"),
        new Route(true, "DELETE", "/api-keys/" + id, null),
        new Route(true, "POST", "/api-keys/%s/rotate".formatted(id), "{\"graceSeconds\":1}"),
        new Route(false, "GET", "/account", null),
        new Route(true, "PUT", "/accounts/put", "{\"tier\":\"pro\"}"),
        new Route(false, "GET", "/health", null),
        new Route(true, "GET", "/health?deep", null),
        new Route(true, "GET", "/metrics", null));
  }

  static String generate(String provider, String templateId, String input) {
    return "{\"templateId\":\"%s\",\"provider\":\"%s\",\"input\":\"%s\"}"
        .formatted(templateId, provider, input);
  }
}
