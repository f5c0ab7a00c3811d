package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever parameters are given: nothing in template.yaml refers to what is not made. */
final class ReferencesTemplateTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:ref|att):([A-Za-z0-9]+)");

  /** Each with all of the others: what may be left to the template, or not. */
  private static final List<Map<String, String>> CHOICES =
      List.of(
          Map.of("RedisUrl", "rediss://redis.example:6379"),
          Map.of("DatabaseResourceArn", "a-database", "DatabaseSecretArn", "its-secret"),
          Map.of("VpcId", "vpc-1", "SubnetIds", "subnet-1,subnet-2"),
          Map.of("SecurityGroupIds", "sg-1"),
          Map.of("Egress", "endpoints"),
          Map.of("Providers", "bedrock", "BedrockModel", "a-model"),
          Map.of("ProviderKeysSecretArn", "a-secret"),
          Map.of("DatabaseMinCapacity", "0"),
          Map.of("GenerateInstances", "5"),
          Map.of("CorsOrigin", "*", "AlarmEmail", "someone@example.com"),
          Map.of(
              "DomainName",
              "llm.example",
              "DomainCertificateArn",
              "a-certificate",
              "DomainHostedZoneId",
              "Z1"));

  private final SamTemplate template;

  ReferencesTemplateTest() throws IOException {
    template = SamTemplate.read();
  }

  @Test
  void allAreOfWhatIsMade() {
    int allowed = 0;
    for (int choice = 0; choice < 1 << CHOICES.size(); choice++) {
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < CHOICES.size(); i++) {
        if ((choice & (1 << i)) != 0) {
          parameters.putAll(CHOICES.get(i));
        }
      }
      ResolvedTemplate made = template.with(parameters);
      if (made.objections().isEmpty()) {
        allowed++;
        assertThat(made.resources().keySet())
            .as(parameters.toString())
            .containsAll(referredTo(made));
      }
    }
    assertThat(allowed).isGreaterThan(300);
  }

  private static Set<String> referredTo(ResolvedTemplate made) {
    Set<String> names = new TreeSet<>();
    List<Object> parts = List.of(made.resources(), made.globals(), made.outputs());
    for (Object part : parts) {
      REFERENCE
          .matcher(part.toString())
          .results()
          .map((MatchResult found) -> found.group(1))
          .forEach(names::add);
    }
    return names;
  }
}
