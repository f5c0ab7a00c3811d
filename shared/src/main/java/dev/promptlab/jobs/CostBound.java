package dev.promptlab.jobs;

import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.templates.TemplateDefinition;
import java.util.Comparator;
import java.util.stream.Stream;

/** What a job can cost at most: what a budget is charged for it until it has ended. */
public final class CostBound {
  private final PriceTable prices;
  private final DefaultModels models;

  public CostBound(PriceTable prices, DefaultModels models) {
    this.prices = prices;
    this.models = models;
  }

  /** Of whichever model may answer. */
  public UsdAmount of(TemplateDefinition template, Provider provider, RenderedPrompt prompt) {
    String model = template.models().getOrDefault(provider, models.of(provider));
    return Stream.concat(
            Stream.of(model), template.fallbacks().stream().map(TemplateDefinition.Fallback::model))
        .map(
            candidate ->
                prices.bound(candidate, prompt.bytes(), template.parameters().outputTokens()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }
}
