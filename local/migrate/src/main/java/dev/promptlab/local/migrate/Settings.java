package dev.promptlab.local.migrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.arns.Arn;

/**
 * What a run is to work on: the outputs of a stack, in {@code STACK_OUTPUTS} as the AWS and SAM
 * command lines print them in JSON, else environment variables of their own. The region is the
 * database's.
 */
final class Settings {
  private static final String STACK_OUTPUTS = "STACK_OUTPUTS";
  private static final String RESOURCE_ARN = "DATABASE_RESOURCE_ARN";

  /** The settings that a stack's outputs give. */
  static final Map<String, String> OUTPUTS =
      Map.of(
          "DatabaseResourceArn",
          RESOURCE_ARN,
          "DatabaseSecretArn",
          "DATABASE_SECRET_ARN",
          "DatabaseName",
          "DATABASE_NAME",
          "AdminKeySecretArn",
          FirstAdminKey.SETTING);

  private Settings() {}

  /**
   * The settings, by the names of the functions' own.
   *
   * @throws InvalidSettingException naming what is missing or unusable
   */
  static Environment of(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(variables);
    Environment given = Environment.of(variables);
    given.text(STACK_OUTPUTS).ifPresent(json -> addOutputs(json, all));
    all.put("AWS_REGION", region(Environment.of(all)));
    return Environment.of(all);
  }

  private static void addOutputs(String json, Map<String, String> all) {
    JsonNode outputs;
    try {
      outputs = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException _) {
      throw new InvalidSettingException(STACK_OUTPUTS, "must be the outputs of a stack as JSON");
    }
    Map<String, String> missing = new HashMap<>(OUTPUTS);
    for (JsonNode output : outputs) {
      String setting = missing.remove(output.path("OutputKey").asText());
      if (setting != null) {
        all.put(setting, output.path("OutputValue").asText());
      }
    }
    if (!missing.isEmpty()) {
      throw new InvalidSettingException(
          "the stack",
          "has no outputs %s: is it PromptLab's, and deployed from this release?"
              .formatted(missing.keySet().stream().sorted().toList()));
    }
  }

  private static String region(Environment environment) {
    return environment
        .parsed(
            RESOURCE_ARN,
            text -> Arn.fromString(text).region().orElseThrow(IllegalArgumentException::new),
            "must be the ARN of an Aurora cluster")
        .orElseThrow(() -> new InvalidSettingException(RESOURCE_ARN, "is not set"));
  }
}
