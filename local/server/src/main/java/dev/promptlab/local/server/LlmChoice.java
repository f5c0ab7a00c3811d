package dev.promptlab.local.server;

import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.local.services.StandInLlm;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
    List<Provider> chosen = Configured.chosenIn(user);
    return chosen.isEmpty()
        ? probe.look().map(found -> found)
        : Optional.of(new Configured(chosen, user));
  }

  /** What the user's own environment says. */
  record Configured(List<Provider> chosen, Environment user) implements LlmChoice {
    /**
     * The user's settings that concern one provider; all of them go to the functions.
     *
     * @param choosing any of these says that the provider is wanted
     * @param url where another server than the provider's own is named
     */
    private record Settings(List<String> choosing, String url, List<String> others) {
      Stream<String> all() {
        return Stream.of(choosing.stream(), Stream.of(url), others.stream())
            .flatMap(Function.identity())
            .distinct();
      }
    }

    private static Settings settings(Provider provider) {
      return switch (provider) {
        case ANTHROPIC ->
            new Settings(
                List.of("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
                "ANTHROPIC_BASE_URL",
                List.of("ANTHROPIC_MODEL"));
        case OPENAI ->
            new Settings(
                List.of("OPENAI_API_KEY", "OPENAI_BASE_URL"),
                "OPENAI_BASE_URL",
                List.of("OPENAI_MODEL"));
        case BEDROCK ->
            new Settings(
                List.of("BEDROCK_MODEL"),
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                // The local SQS and Data API take any credentials, so they can be the real ones.
                List.of(
                    "AWS_REGION",
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    "AWS_SESSION_TOKEN"));
      };
    }

    static List<Provider> chosenIn(Environment user) {
      return Stream.of(Provider.values())
          .filter(
              provider ->
                  settings(provider).choosing().stream()
                      .anyMatch(name -> user.text(name).isPresent()))
          .toList();
    }

    @Override
    public List<String> providers() {
      return chosen.stream().map(Provider::wireName).toList();
    }

    @Override
    public Map<String, String> environment() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put("PROVIDERS", String.join(",", providers()));
      chosen.stream()
          .flatMap(provider -> settings(provider).all())
          .forEach(name -> user.text(name).ifPresent(value -> settings.put(name, value)));
      return settings;
    }

    @Override
    public String description() {
      return String.join(
          ", ", chosen.stream().map(provider -> provider.wireName() + at(provider)).toList());
    }

    private String at(Provider provider) {
      return user.text(settings(provider).url()).map(url -> " at " + url).orElse("");
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
      return "a STAND-IN for %s, no real model: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama"
          .formatted(String.join(" and ", providers()));
    }
  }
}
