package dev.promptlab.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What holds in every module; each runs them over its own classes. */
public final class ArchitectureRules {
  @ArchTest
  static final ArchRule featuresFormNoCycles =
      slices().matching("dev.promptlab.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule configKnowsNoFeature =
      noClasses()
          .that()
          .resideInAPackage("dev.promptlab.config..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.promptlab..")
                  .and(not(resideInAPackage("dev.promptlab.config.."))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule lettuceStaysInRedisPackages =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.promptlab..redis..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.lettuce..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule awsSdkStaysInItsAdapters =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.promptlab.aws..",
              "dev.promptlab..sqs..",
              "dev.promptlab..rdsdata..",
              "dev.promptlab.worker.llm..",
              "dev.promptlab.local..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule lambdaTypesStayInTheFunctions =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.promptlab.generate..", "dev.promptlab.worker..", "dev.promptlab.local..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.amazonaws..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyTheEnvironmentReadsTheEnvironment =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.promptlab.config.Environment")
          .and()
          .resideOutsideOfPackage("dev.promptlab.local..")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Dto)")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule exceptionsAreNamedSo =
      classes()
          .that()
          .areAssignableTo(Throwable.class)
          .should()
          .haveSimpleNameEndingWith("Exception")
          .allowEmptyShould(true);

  /** The local module has rules of its own; here it is only what tests start. */
  public static final class WithoutLocal implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/dev/promptlab/local/");
    }
  }

  private ArchitectureRules() {}
}
