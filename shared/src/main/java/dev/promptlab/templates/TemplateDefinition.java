package dev.promptlab.templates;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.FieldNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a version of a template says: a prompt with {@code {{variable}}} placeholders, and how its
 * results are made and kept. Immutable.
 *
 * @param models the model for each provider; where there is none, the deployment's default
 * @param cacheTtl how long results are kept; empty: the deployment's default
 * @param fallbacks who is asked where the provider of the request fails, in this order
 */
public record TemplateDefinition(
    String name,
    String content,
    Optional<String> system,
    Map<Provider, String> models,
    ModelParameters parameters,
    Optional<Duration> cacheTtl,
    CacheScope cacheScope,
    List<Fallback> fallbacks) {
  /** What results are kept for at most. */
  public static final Duration MAX_CACHE_TTL = Duration.ofDays(30);

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*}}");

  /** Another model, of the same provider or another one. */
  public record Fallback(Provider provider, String model) {}

  public TemplateDefinition {
    models = Map.copyOf(models);
    fallbacks = List.copyOf(fallbacks);
  }

  /** The names of all placeholders, in prompt and system text. */
  public Set<String> variables() {
    return Stream.concat(Stream.of(content), system.stream())
        .flatMap(text -> PLACEHOLDER.matcher(text).results())
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Fills the placeholders in a single pass: a value is never itself a template.
   *
   * @throws VariableMismatchException unless placeholders and values match
   * @throws PromptTooLargeException before it is filled
   */
  public RenderedPrompt render(GenerationInput input) {
    Map<String, String> values = input.variables();
    requireMatch(values);
    requireFitting(values);
    return new RenderedPrompt(system.map(text -> fill(text, values)), fill(content, values));
  }

  private void requireMatch(Map<String, String> values) {
    Set<String> placeholders = variables();
    List<String> problems = new ArrayList<>();
    for (String placeholder : placeholders) {
      if (!values.containsKey(placeholder)) {
        problems.add("has no value for the template's placeholder \"" + placeholder + "\"");
      }
    }
    for (String name : values.keySet()) {
      if (!placeholders.contains(name)) {
        problems.add(
            "has a value for \""
                + FieldNames.abbreviated(name)
                + "\", which is no placeholder of the template");
      }
    }
    if (!problems.isEmpty()) {
      throw new VariableMismatchException(problems);
    }
  }

  private void requireFitting(Map<String, String> values) {
    Map<String, Integer> sizes = new HashMap<>();
    values.forEach((name, value) -> sizes.put(name, bytes(value)));
    long size =
        Stream.concat(Stream.of(content), system.stream())
            .mapToLong(
                text ->
                    bytes(text)
                        + PLACEHOLDER
                            .matcher(text)
                            .results()
                            .mapToLong(match -> sizes.getOrDefault(match.group(1), 0))
                            .sum())
            .sum();
    if (size > RenderedPrompt.MAX_BYTES) {
      throw new PromptTooLargeException();
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String fill(String text, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
  }
}
