package dev.promptlab.pricing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The price of each model: those of {@code prices.json}, and over them those of the setting {@code
 * LLM_PRICES}, a JSON object of the same form: {@code {"model": {"input": 1, "output": 5}}}, and if
 * need be {@code "cachedInput"}, in US dollars for a million tokens. A name stands for all models
 * whose names begin with it, the longest such name counts, and {@code "*"} stands for every other:
 * by default a high price, so that a budget holds for a model that nobody has named. Immutable.
 */
public final class PriceTable {
  private static final String ANY = "*";

  /** What a chat's frame may add to its texts, in tokens. */
  private static final int FRAME_TOKENS = 100;

  private final Map<String, ModelPrice> prices;

  private PriceTable(Map<String, ModelPrice> prices) {
    this.prices = Map.copyOf(prices);
  }

  /**
   * The prices that are configured.
   *
   * @throws dev.promptlab.config.InvalidSettingException if they are unusable
   */
  public static PriceTable of(Environment environment) {
    Map<String, ModelPrice> prices = new HashMap<>(builtIn());
    environment
        .parsed(
            "LLM_PRICES",
            PriceTable::parse,
            "must be like {\"model\": {\"input\": 1, \"output\": 5}}, in USD per million tokens")
        .ifPresent(prices::putAll);
    return new PriceTable(prices);
  }

  /**
   * What a call cost.
   *
   * @param answered the model by its own word
   * @param requested the model that was asked for: its price counts where the other's is not known
   * @param cachedInputTokens the part of the prompt's tokens that the provider had in its cache
   */
  public UsdAmount cost(
      String answered, String requested, TokenUsage usage, int cachedInputTokens) {
    String known = longestName(answered);
    return price(known.equals(ANY) ? requested : answered).cost(usage, cachedInputTokens);
  }

  /**
   * What a call can cost at most: a token is one byte at least.
   *
   * @param promptBytes of UTF-8, the system text included
   */
  public UsdAmount bound(String model, int promptBytes, int maxTokens) {
    return price(model).cost(new TokenUsage(promptBytes + FRAME_TOKENS, maxTokens), 0);
  }

  private ModelPrice price(String model) {
    return Objects.requireNonNull(prices.get(longestName(model)));
  }

  private String longestName(String model) {
    for (int length = model.length(); length > 0; length--) {
      String name = model.substring(0, length);
      if (prices.containsKey(name)) {
        return name;
      }
    }
    return ANY;
  }

  private static Map<String, ModelPrice> builtIn() {
    try (InputStream json = PriceTable.class.getResourceAsStream("prices.json")) {
      return StrictJson.mapper()
          .readValue(Objects.requireNonNull(json, "prices.json"), new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, ModelPrice> parse(String text) {
    try {
      Map<String, ModelPrice> prices =
          StrictJson.mapper().readValue(text, new TypeReference<>() {});
      if (prices.containsValue(null)) {
        throw new IllegalArgumentException("null is no price");
      }
      return prices;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
