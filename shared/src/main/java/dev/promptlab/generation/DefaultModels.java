package dev.promptlab.generation;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The model of each configured provider where a template names none: the settings {@code
 * ANTHROPIC_MODEL}, {@code OPENAI_MODEL} and {@code BEDROCK_MODEL}. Immutable.
 */
public final class DefaultModels {
  private final Map<Provider, String> models;

  private DefaultModels(Map<Provider, String> models) {
    this.models = Map.copyOf(models);
  }

  /**
   * The models that are configured.
   *
   * @throws InvalidSettingException if Bedrock is among the providers, and no model of it is named
   */
  public static DefaultModels of(Environment environment, Set<Provider> providers) {
    Map<Provider, String> models = new EnumMap<>(Provider.class);
    for (Provider provider : providers) {
      models.put(
          provider,
          switch (provider) {
            case ANTHROPIC -> environment.text("ANTHROPIC_MODEL").orElse("claude-haiku-4-5");
            case OPENAI -> environment.text("OPENAI_MODEL").orElse("gpt-4.1-mini");
            case BEDROCK -> environment.requiredText("BEDROCK_MODEL");
          });
    }
    return new DefaultModels(models);
  }

  /**
   * The provider's model.
   *
   * @throws IllegalArgumentException if the provider is not configured
   */
  public String of(Provider provider) {
    String model = models.get(provider);
    if (model == null) {
      throw new IllegalArgumentException(provider + " is not configured");
    }
    return model;
  }
}
