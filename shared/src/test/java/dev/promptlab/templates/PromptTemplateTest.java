package dev.promptlab.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.json.StrictJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PromptTemplateTest {
  static PromptTemplate template(String content, Optional<String> system) {
    return new PromptTemplate("t1", 1, definition(content, system), Instant.EPOCH);
  }

  static TemplateDefinition definition(String content, Optional<String> system) {
    return new TemplateDefinition(
        "name",
        content,
        system,
        Map.of(),
        new ModelParameters(Optional.empty(), Optional.empty()),
        Optional.empty(),
        CacheScope.ACCOUNT,
        List.of());
  }

  private static GenerationInput variables(String json) {
    return GenerationInput.of(StrictJson.parse(json));
  }

  @Test
  void fillsEachPlaceholder_alsoInTheSystemText() {
    RenderedPrompt prompt =
        template("{{ who }}, {{what}} and {{who}}", Optional.of("Be {{tone}}."))
            .render(variables("{\"who\":\"Ana\",\"what\":3.0,\"tone\":true}"));
    assertThat(prompt).isEqualTo(new RenderedPrompt(Optional.of("Be true."), "Ana, 3 and Ana"));
  }

  @Test
  void doesNotFillWhatAValueBrings() {
    assertThat(
            template("{{a}}{{b}}", Optional.empty())
                .render(variables("{\"a\":\"{{b}}\",\"b\":\"$1\\\\\"}"))
                .prompt())
        .isEqualTo("{{b}}$1\\");
  }

  @Test
  void leavesOtherBraces() {
    assertThat(
            template("{x} {{}} {{1}} {{input}}", Optional.empty())
                .render(GenerationInput.text("!"))
                .prompt())
        .isEqualTo("{x} {{}} {{1}} !");
  }

  @Test
  void namesEachMismatch() {
    assertThatThrownBy(
            () ->
                template("{{from}} {{to}}", Optional.empty())
                    .render(variables("{\"from\":\"en\",\"too\":\"de\"}")))
        .isInstanceOfSatisfying(
            VariableMismatchException.class,
            e ->
                assertThat(e.problems())
                    .isEqualTo(
                        List.of(
                            "has no value for the template's placeholder \"to\"",
                            "has a value for \"too\", which is no placeholder of the template")));
  }

  @Test
  void makesNoPlaceholder_whereTwoTextsMeet() {
    assertThat(definition("{{", Optional.of("x}} {{y}}")).variables()).containsExactly("y");
  }

  @Test
  void refusesAText_whenThereIsNoInputPlaceholder() {
    assertThatThrownBy(
            () -> template("{{text}}", Optional.empty()).render(GenerationInput.text("x")))
        .isInstanceOf(VariableMismatchException.class);
  }
}
