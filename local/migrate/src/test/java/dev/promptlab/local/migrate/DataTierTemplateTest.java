package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisIamUser;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.generation.Provider;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Network, Redis and database: what template.yaml makes, and what it takes as given. */
final class DataTierTemplateTest {
  private static final Map<String, String> OWN_REDIS =
      Map.of("RedisUrl", "rediss://redis.example:6379");
  private static final Map<String, String> OWN_DATABASE =
      Map.of(
          "DatabaseResourceArn", "arn:aws:rds:eu-west-1:123456789012:cluster:mine",
          "DatabaseSecretArn", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mine");
  private static final Map<String, String> OWN_SUBNETS =
      Map.of("SubnetIds", "subnet-11111111,subnet-22222222");
  private static final Map<String, String> OWN_VPC = Map.of("VpcId", "vpc-11111111");
  private static final Map<String, String> OWN_GROUP = Map.of("SecurityGroupIds", "sg-11111111");
  private static final List<String> FUNCTIONS =
      List.of("GenerateFunction", "WorkerFunction", "JobSweepFunction", "CacheWarmingFunction");

  private final SamTemplate template;

  DataTierTemplateTest() throws IOException {
    template = SamTemplate.read();
  }

  @SafeVarargs
  private ResolvedTemplate with(Map<String, String>... parameters) {
    Map<String, String> all = new HashMap<>();
    for (Map<String, String> some : parameters) {
      all.putAll(some);
    }
    return template.with(all);
  }

  private static Set<String> typesOfTheDataTier(ResolvedTemplate made) {
    Set<String> types = new TreeSet<>();
    made.resources().values().forEach(it -> types.add(it.path("Type").asText()));
    types.removeIf(type -> !type.matches("AWS::(EC2|RDS|ElastiCache)::.*"));
    return types;
  }

  @Test
  void makesAllOfIt_whenNothingIsNamed() {
    ResolvedTemplate made = with();

    assertThat(made.objections()).isEmpty();
    assertThat(typesOfTheDataTier(made))
        .contains(
            "AWS::EC2::VPC",
            "AWS::EC2::NatGateway",
            "AWS::ElastiCache::ServerlessCache",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance")
        .doesNotContain("AWS::EC2::VPCEndpoint");
    assertThat(made.globals().at("/VpcConfig/SubnetIds").toString())
        .isEqualTo("[\"ref:PrivateSubnetA\",\"ref:PrivateSubnetB\"]");
  }

  @Test
  void makesNothing_whenAllIsNamed() {
    assertThat(typesOfTheDataTier(with(OWN_REDIS, OWN_DATABASE))).isEmpty();
    ResolvedTemplate inVpc = with(OWN_REDIS, OWN_DATABASE, OWN_SUBNETS, OWN_GROUP);
    assertThat(inVpc.objections()).isEmpty();
    assertThat(typesOfTheDataTier(inVpc)).isEmpty();
    assertThat(inVpc.globals().path("VpcConfig").toString())
        .isEqualTo(
            "{\"SubnetIds\":[\"subnet-11111111\",\"subnet-22222222\"],"
                + "\"SecurityGroupIds\":[\"sg-11111111\"]}");
    assertThat(inVpc.variables("WorkerFunction"))
        .containsAllEntriesOf(
            Map.of(
                "REDIS_URL", OWN_REDIS.get("RedisUrl"),
                "DATABASE_RESOURCE_ARN", OWN_DATABASE.get("DatabaseResourceArn"),
                "DATABASE_SECRET_ARN", OWN_DATABASE.get("DatabaseSecretArn")));
  }

  @Test
  void leavesTheFunctionsOutOfTheVpc_whenRedisIsElsewhere() {
    ResolvedTemplate made = with(OWN_REDIS);

    assertThat(made.globals().has("VpcConfig")).isFalse();
    assertThat(typesOfTheDataTier(made))
        .contains("AWS::EC2::VPC", "AWS::RDS::DBCluster")
        .doesNotContain("AWS::EC2::NatGateway", "AWS::ElastiCache::ServerlessCache");
  }

  @Test
  void usesAGivenVpc_forWhatItMakes() {
    ResolvedTemplate made = with(OWN_VPC, OWN_SUBNETS);

    assertThat(made.objections()).isEmpty();
    assertThat(typesOfTheDataTier(made))
        .doesNotContain("AWS::EC2::VPC", "AWS::EC2::NatGateway", "AWS::EC2::Subnet");
    for (JsonNode group : made.resources("AWS::EC2::SecurityGroup").values()) {
      assertThat(group.at("/Properties/VpcId").asText()).isEqualTo("vpc-11111111");
    }
    assertThat(made.globals().at("/VpcConfig/SecurityGroupIds").toString())
        .isEqualTo("[\"att:FunctionsSecurityGroup.GroupId\"]");
  }

  @Test
  void makesOnlyTheEndpointsThatAreAskedFor() {
    assertThat(with(Map.of("Egress", "endpoints")).resources("AWS::EC2::VPCEndpoint"))
        .containsOnlyKeys("QueueEndpoint", "DatabaseEndpoint");
    ResolvedTemplate bedrock =
        with(
            Map.of("Egress", "endpoints", "Providers", "bedrock", "BedrockModel", "a-model"),
            Map.of("ProviderKeysSecretArn", "arn:aws:secretsmanager:eu-west-1:1:secret:x"));
    assertThat(bedrock.objections()).isEmpty();
    assertThat(bedrock.resources("AWS::EC2::VPCEndpoint"))
        .containsOnlyKeys(
            "QueueEndpoint", "DatabaseEndpoint", "SecretsEndpoint", "BedrockEndpoint");
    assertThat(typesOfTheDataTier(bedrock)).doesNotContain("AWS::EC2::NatGateway");
  }

  @Test
  void refusesWhatCannotWork() {
    assertThat(with(OWN_SUBNETS).objections()).singleElement().asString().contains("VpcId");
    assertThat(with(OWN_VPC).objections()).singleElement().asString().contains("SubnetIds");
    assertThat(with(OWN_REDIS, OWN_DATABASE, OWN_SUBNETS).objections())
        .singleElement()
        .asString()
        .contains("SecurityGroupIds");
    assertThat(with(OWN_GROUP).objections()).singleElement().asString().contains("must not");
    assertThat(with(Map.of("DatabaseSecretArn", "arn:aws:secretsmanager:x")).objections())
        .singleElement()
        .asString()
        .contains("go together");
  }

  @ParameterizedTest
  @EnumSource(value = Provider.class, mode = EnumSource.Mode.EXCLUDE, names = "BEDROCK")
  void refusesProviders_thatEndpointsDoNotReach(Provider provider) {
    assertThat(with(Map.of("Egress", "endpoints", "Providers", provider.wireName())).objections())
        .singleElement()
        .asString()
        .containsIgnoringCase("does not reach " + provider);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.5", "8"})
  void letsTheDatabaseSleepOnlyIfItMay(String capacity) {
    JsonNode scaling =
        with(Map.of("DatabaseMinCapacity", capacity))
            .properties("Database")
            .path("ServerlessV2ScalingConfiguration");
    assertThat(scaling.path("MinCapacity").asText()).isEqualTo(capacity);
    assertThat(scaling.has("SecondsUntilAutoPause")).isEqualTo(capacity.equals("0"));
  }

  @Test
  void letsTheFunctionsIntoRedis_byTheirRoleAlone() {
    ResolvedTemplate made = with();

    for (String function : FUNCTIONS) {
      String url = made.variables(function).getOrDefault("REDIS_URL", "");
      // What stands for names that only AWS knows becomes such names.
      String known =
          url.replace("att:Cache.Endpoint.Address", "cache.example")
              .replace("att:Cache.Endpoint.Port", "6379")
              .replace("ref:CacheUser", "promptlab-1a2b3c4d")
              .replace("ref:Cache", "promptlab-1a2b3c4d");
      URI redis = RedisSettings.of(Environment.of(Map.of("REDIS_URL", known))).url();
      assertThat(RedisIamUser.of(redis))
          .contains(new RedisIamUser("promptlab-1a2b3c4d", "promptlab-1a2b3c4d", "eu-west-1"));
    }
    JsonNode user = made.properties("CacheUser");
    assertThat(user.path("UserId").asText()).isEqualTo("promptlab-1a2b3c4d");
    assertThat(user.path("UserName")).isEqualTo(user.path("UserId"));
    assertThat(user.at("/AuthenticationMode/Type").asText()).isEqualTo("iam");
    assertThat(made.properties("DataAccessPolicy").toString())
        .contains(
            "\"Action\":\"elasticache:Connect\",\"Resource\":[\"att:Cache.ARN\",\"att:CacheUser.Arn\"]");
    assertThat(with(OWN_REDIS).properties("DataAccessPolicy").toString())
        .doesNotContain("elasticache");
  }

  @Test
  void encryptsAndKeepsTheDatabase_andLetsNobodyConnectToIt() {
    ResolvedTemplate made = with();
    JsonNode database = made.properties("Database");

    assertThat(database.path("StorageEncrypted").asBoolean()).isTrue();
    assertThat(database.path("EnableHttpEndpoint").asBoolean()).isTrue();
    assertThat(database.path("ManageMasterUserPassword").asBoolean()).isTrue();
    assertThat(database.has("MasterUserPassword")).isFalse();
    assertThat(template.resource("Database").path("DeletionPolicy").asText()).isEqualTo("Snapshot");
    assertThat(made.properties("DatabaseInstance").path("PubliclyAccessible").asBoolean(true))
        .isFalse();
    assertThat(made.properties("DatabaseSecurityGroup").has("SecurityGroupIngress")).isFalse();
  }

  @Test
  void opensPortsToTheFunctionsAlone() {
    for (JsonNode group : with(Map.of("Egress", "endpoints")).resources().values()) {
      for (JsonNode rule : group.at("/Properties/SecurityGroupIngress")) {
        assertThat(rule.path("SourceSecurityGroupId").asText())
            .isEqualTo("att:FunctionsSecurityGroup.GroupId");
        assertThat(rule.has("CidrIp")).isFalse();
      }
    }
  }
}
