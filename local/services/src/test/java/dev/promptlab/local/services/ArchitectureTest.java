package dev.promptlab.local.services;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.promptlab", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule DEPENDS_ON_NOTHING_OF_OURS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.promptlab.config..", "dev.promptlab.generate..", "dev.promptlab.worker..");

  @ArchTest
  static final ArchRule THE_DATA_API_KNOWS_NO_OTHER_SERVER =
      noClasses()
          .that()
          .resideInAPackage("..rdsdata..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.promptlab.local.services");

  @ArchTest
  static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
      slices().matching("dev.promptlab.local.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ELASTICMQ_STAYS_BEHIND_ITS_SERVER =
      noClasses()
          .that()
          .doNotHaveSimpleName("LocalSqs")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.elasticmq..", "org.apache.pekko..");

  @ArchTest
  static final ArchRule THE_SDK_IS_FOR_THE_QUEUES_ONLY =
      noClasses()
          .that()
          .doNotHaveSimpleName("Queues")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule PUBLIC_CLASSES_ARE_THE_SERVERS_AND_THEIR_SETTINGS =
      classes()
          .that()
          .arePublic()
          .and()
          .areTopLevelClasses()
          .should()
          .haveSimpleNameStartingWith("Local")
          .orShould()
          .haveSimpleName("StandInLlm")
          .orShould()
          .haveSimpleName("RdsDataEndpoint")
          .orShould()
          .haveSimpleName("LoopbackServer")
          .orShould()
          .haveSimpleName("ExternalServers");

  @ArchTest
  static final ArchRule NOTHING_PRINTS_TO_THE_CONSOLE =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
