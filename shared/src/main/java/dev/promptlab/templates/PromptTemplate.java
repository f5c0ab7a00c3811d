package dev.promptlab.templates;

import dev.promptlab.generation.GenerationInput;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * One version of a template; it never changes. Immutable.
 *
 * @param version from 1 on
 * @param updatedAt when this version was made
 */
public record PromptTemplate(
    String templateId, int version, TemplateDefinition definition, Instant updatedAt) {
  public static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public PromptTemplate {
    if (!ID.matcher(templateId).matches()) {
      throw new IllegalArgumentException("templateId");
    }
  }

  /**
   * Fills the placeholders in a single pass: a value is never itself a template.
   *
   * @throws VariableMismatchException unless placeholders and values match
   */
  public RenderedPrompt render(GenerationInput input) {
    return definition.render(input);
  }
}
