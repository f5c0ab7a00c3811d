package dev.promptlab.local.server;

import dev.promptlab.config.Environment;
import dev.promptlab.local.services.StandInLlm;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which LLM answers, and what that makes of the functions' environment. */
sealed interface LlmChoice {

  /** The providers that this choice configures; one at least. */
  List<String> providers();

  /** Settings for the functions, {@code PROVIDERS} among them. */
  Map<String, String> environment();

  /** For the banner: what answers. */
  String description();

  /**
   * The first that there is: what the user's environment configures, a local Ollama that has a
   * model; empty when there is neither.
   */
  static Optional<LlmChoice> find(Environment user, OllamaProbe probe) {
    List<String> configured = Configured.providersIn(user);
    return configured.isEmpty()
        ? probe.look().map(found -> found)
        : Optional.of(new Configured(configured, user));
  }

  /** What the user's own environment says. */
  record Configured(List<String> providers, Environment user) implements LlmChoice {
    private static final Map<String, List<String>> SETTINGS =
        Map.of(
            "anthropic", List.of("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL"),
            "openai", List.of("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"),
            // The local SQS and Data API take any credentials, so they can be the real ones.
            "bedrock",
                List.of(
                    "BEDROCK_MODEL",
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                    "AWS_REGION",
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    "AWS_SESSION_TOKEN"));

    static List<String> providersIn(Environment user) {
      List<String> found = new ArrayList<>();
      if (isAnySet(user, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")) {
        found.add("anthropic");
      }
      if (isAnySet(user, "OPENAI_API_KEY", "OPENAI_BASE_URL")) {
        found.add("openai");
      }
      if (isAnySet(user, "BEDROCK_MODEL")) {
        found.add("bedrock");
      }
      return List.copyOf(found);
    }

    private static boolean isAnySet(Environment user, String... names) {
      return Stream.of(names).anyMatch(name -> user.text(name).isPresent());
    }

    @Override
    public Map<String, String> environment() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("PROVIDERS", String.join(",", providers));
      providers.stream()
          .flatMap(provider -> SETTINGS.getOrDefault(provider, List.of()).stream())
          .forEach(name -> user.text(name).ifPresent(value -> settings.put(name, value)));
      return settings;
    }

    @Override
    public String description() {
      return String.join(
          ", ", providers.stream().map(provider -> provider + at(provider)).toList());
    }

    private String at(String provider) {
      String name =
          switch (provider) {
            case "anthropic" -> "ANTHROPIC_BASE_URL";
            case "openai" -> "OPENAI_BASE_URL";
            default -> "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
          };
      return user.text(name).map(url -> " at " + url).orElse("");
    }
  }

  /**
   * An Ollama on this machine.
   *
   * @param speaksAnthropic whether it is new enough to have {@code /v1/messages}
   */
  record Ollama(URI baseUrl, String version, String model, boolean speaksAnthropic)
      implements LlmChoice {
    @Override
    public List<String> providers() {
      return speaksAnthropic ? List.of("anthropic", "openai") : List.of("openai");
    }

    @Override
    public Map<String, String> environment() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("PROVIDERS", String.join(",", providers()));
      for (String provider : providers()) {
        String prefix = provider.toUpperCase(Locale.ROOT);
        settings.put(prefix + "_BASE_URL", baseUrl + "/v1");
        settings.put(prefix + "_API_KEY", "ollama");
        settings.put(prefix + "_MODEL", model);
      }
      settings.put("LLM_PRICES", "{\"*\":{\"input\":0,\"output\":0}}");
      return settings;
    }

    @Override
    public String description() {
      return "%s on Ollama %s at %s, as %s"
          .formatted(model, version, baseUrl, String.join(" and ", providers()));
    }
  }

  /** The stand-in server of the local services. */
  record StandIn(URI baseUrl) implements LlmChoice {
    @Override
    public List<String> providers() {
      return List.of("anthropic", "openai");
    }

    @Override
    public Map<String, String> environment() {
      return Map.of(
          "PROVIDERS",
          String.join(",", providers()),
          "ANTHROPIC_BASE_URL",
          baseUrl.toString(),
          "ANTHROPIC_API_KEY",
          "stand-in",
          "ANTHROPIC_MODEL",
          StandInLlm.MODEL,
          "OPENAI_BASE_URL",
          baseUrl.toString(),
          "OPENAI_API_KEY",
          "stand-in",
          "OPENAI_MODEL",
          StandInLlm.MODEL,
          // As if it were a small model of a provider's: so that costs and savings show.
          "LLM_PRICES",
          "{\"%s\":{\"input\":1,\"output\":5}}".formatted(StandInLlm.MODEL));
    }

    @Override
    public String description() {
      return "a STAND-IN for %s at %s, no real model: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama"
          .formatted(String.join(" and ", providers()), baseUrl);
    }
  }
}
