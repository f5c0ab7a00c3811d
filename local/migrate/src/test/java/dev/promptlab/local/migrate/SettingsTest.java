package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  private static final String CLUSTER = "arn:aws:rds:eu-central-1:000000000000:cluster:a";

  @Test
  void takesTheOutputsOfAStack_overVariables() {
    Environment settings =
        Settings.of(
            Map.of(
                "DATABASE_NAME",
                "other",
                "STACK_OUTPUTS",
                """
                [{"OutputKey": "Endpoint", "OutputValue": "https://a"},
                 {"OutputKey": "DatabaseResourceArn", "OutputValue": "%s", "Description": "d"},
                 {"OutputKey": "DatabaseSecretArn", "OutputValue": "s"},
                 {"OutputKey": "DatabaseName", "OutputValue": "n"},
                 {"OutputKey": "AdminKeySecretArn", "OutputValue": "k"}]
                """
                    .formatted(CLUSTER)));
    assertThat(settings.text("DATABASE_RESOURCE_ARN")).contains(CLUSTER);
    assertThat(settings.text("DATABASE_SECRET_ARN")).contains("s");
    assertThat(settings.text("DATABASE_NAME")).contains("n");
    assertThat(settings.text("ADMIN_KEY_SECRET_ARN")).contains("k");
    assertThat(settings.text("AWS_REGION")).contains("eu-central-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "[]", "[{\"OutputKey\": \"DatabaseName\", \"OutputValue\": \"n\"}]"})
  void namesTheOutputsThatAStackLacks(String outputs) {
    assertThatThrownBy(() -> Settings.of(Map.of("STACK_OUTPUTS", outputs)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("AdminKeySecretArn")
        .hasMessageContaining("DatabaseResourceArn");
  }

  @Test
  void refusesOutputsThatAreNoJson() {
    assertThatThrownBy(() -> Settings.of(Map.of("STACK_OUTPUTS", "Endpoint https://a")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("STACK_OUTPUTS");
  }

  @Test
  void goesToTheRegionOfTheDatabase() {
    assertThat(
            Settings.of(Map.of("DATABASE_RESOURCE_ARN", CLUSTER, "AWS_REGION", "us-east-1"))
                .text("AWS_REGION"))
        .contains("eu-central-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "promptlab", "arn:aws:rds::1:cluster:a"})
  void refusesADatabaseThatIsNone(String arn) {
    assertThatThrownBy(() -> Settings.of(Map.of("DATABASE_RESOURCE_ARN", arn)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("DATABASE_RESOURCE_ARN");
  }
}
