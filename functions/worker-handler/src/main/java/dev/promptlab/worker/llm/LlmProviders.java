package dev.promptlab.worker.llm;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.generation.ConfiguredProviders;
import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * The providers named by {@code PROVIDERS}, each with its settings: its default model, {@code
 * ANTHROPIC_BASE_URL}, {@code OPENAI_BASE_URL} (with or without {@code /v1}), and its key. A server
 * of one's own at a base URL needs no key. Thread-safe.
 */
public final class LlmProviders {
  private static final String NO_KEY = "none";

  private final Map<Provider, LlmProvider> providers;
  private final List<KeyedLlmClient> keyed;

  public LlmProviders(Map<Provider, LlmProvider> providers) {
    this.providers = Map.copyOf(providers);
    this.keyed =
        providers.values().stream()
            .map(LlmProvider::client)
            .filter(KeyedLlmClient.class::isInstance)
            .map(KeyedLlmClient.class::cast)
            .toList();
  }

  /**
   * Builds the clients; calls none, and reads no key.
   *
   * @param timeout for one answer
   * @param clock for the times that providers name
   * @throws InvalidSettingException naming what is missing or unusable
   */
  public static LlmProviders of(Environment environment, Duration timeout, Clock clock) {
    Map<Provider, LlmProvider> providers = new EnumMap<>(Provider.class);
    ProviderKeys keys = new ProviderKeys(environment, clock);
    Set<Provider> configured = ConfiguredProviders.of(environment);
    DefaultModels models = DefaultModels.of(environment, configured);
    for (Provider provider : configured) {
      String model = models.of(provider);
      LlmClient client =
          switch (provider) {
            case ANTHROPIC ->
                keyed(
                    "ANTHROPIC_API_KEY",
                    "ANTHROPIC_BASE_URL",
                    environment,
                    keys,
                    key -> anthropic(environment, key, model, timeout, clock));
            case OPENAI ->
                keyed(
                    "OPENAI_API_KEY",
                    "OPENAI_BASE_URL",
                    environment,
                    keys,
                    key -> openAi(environment, key, model, timeout, clock));
            case BEDROCK -> bedrock(environment, timeout, clock);
          };
      providers.put(provider, new LlmProvider(client, model));
    }
    return new LlmProviders(providers);
  }

  private static KeyedLlmClient keyed(
      String apiKey,
      String baseUrl,
      Environment environment,
      ProviderKeys keys,
      Function<String, LlmClient> clientOf) {
    return new KeyedLlmClient(
        () ->
            keys.key(apiKey)
                .or(() -> environment.text(baseUrl).map(_ -> NO_KEY))
                .orElseThrow(
                    () ->
                        new InvalidSettingException(
                            apiKey, "is not set, nor in PROVIDER_KEYS_SECRET_ARN")),
        refused -> keys.other(apiKey, refused),
        clientOf);
  }

  /**
   * Reads the providers' keys, which are else read when they are needed.
   *
   * @throws InvalidSettingException naming the one that is missing
   * @throws software.amazon.awssdk.core.exception.SdkException if the secret cannot be read
   */
  public void readKeys() {
    keyed.forEach(KeyedLlmClient::readKey);
  }

  /** Loads what calling needs, without a key and without a call. */
  public void prime() {
    keyed.forEach(KeyedLlmClient::prime);
  }

  public Optional<LlmProvider> provider(Provider provider) {
    return Optional.ofNullable(providers.get(provider));
  }

  private static LlmClient anthropic(
      Environment environment, String key, String model, Duration timeout, Clock clock) {
    AnthropicChatModel.AnthropicChatModelBuilder builder =
        AnthropicChatModel.builder()
            .httpClientBuilder(LlmHttpClient.builder(ErrorBody.ANTHROPIC, timeout, clock))
            .apiKey(key)
            .modelName(model)
            .timeout(timeout)
            .maxRetries(0);
    baseUrl("ANTHROPIC_BASE_URL", environment).ifPresent(builder::baseUrl);
    return new LangChainLlmClient(builder.build(), LangChainLlmClient::commonParameters);
  }

  private static LlmClient openAi(
      Environment environment, String key, String model, Duration timeout, Clock clock) {
    OpenAiChatModel.OpenAiChatModelBuilder builder =
        OpenAiChatModel.builder()
            .httpClientBuilder(LlmHttpClient.builder(ErrorBody.OPENAI, timeout, clock))
            .apiKey(key)
            .modelName(model)
            .timeout(timeout)
            .maxRetries(0);
    Optional<String> baseUrl = baseUrl("OPENAI_BASE_URL", environment);
    baseUrl.ifPresent(builder::baseUrl);
    return new LangChainLlmClient(
        builder.build(),
        baseUrl.isPresent()
            ? LangChainLlmClient::commonParameters
            : LlmProviders::openAiParameters);
  }

  /** OpenAI's newer models refuse max_tokens; other servers of its protocol may know only that. */
  private static ChatRequestParameters openAiParameters(LlmRequest request) {
    return OpenAiChatRequestParameters.builder()
        .modelName(request.model())
        .maxCompletionTokens(request.maxTokens())
        .temperature(request.temperature().orElse(null))
        .build();
  }

  private static LlmClient bedrock(Environment environment, Duration timeout, Clock clock) {
    return new BedrockLlmClient(
        AwsClients.buildWithoutRetries(
            BedrockRuntimeClient.builder()
                .overrideConfiguration(
                    config ->
                        config.addExecutionInterceptor(
                            new BoundedAnswers(LlmHttpClient.MAX_ANSWER_BYTES))),
            environment,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
            timeout),
        clock);
  }

  /** Both providers' own SDKs take different forms; here either works for both. */
  private static Optional<String> baseUrl(String name, Environment environment) {
    return environment
        .uri(name)
        .map(URI::toString)
        .map(url -> url.endsWith("/") ? url.substring(0, url.length() - 1) : url)
        .map(url -> url.endsWith("/v1") ? url : url + "/v1");
  }
}
