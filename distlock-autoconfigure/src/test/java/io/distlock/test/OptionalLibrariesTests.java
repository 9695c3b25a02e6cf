package io.distlock.test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has no AssertJ, JUnit, Spring or transactions can use what does not need them. */
class OptionalLibrariesTests {

    private static final JavaClasses KIT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.distlock.test");

    @ParameterizedTest
    @CsvSource({
        "org.assertj.., LockAssertions|TestLocksAssert|SectionAssert",
        "org.junit.., DistlockExtension",
        "org.springframework.test.., ResetLocks",
        "org.springframework.transaction.., TransactionRecorder.*|TestLocksAutoConfiguration.*",
        "org.springframework.., ResetLocks|TransactionRecorder.*|TestLocksAutoConfiguration.*|AutoConfigureDistlock",
    })
    void onlyTheseNeed(String library, String users) {
        classes()
                .that(are(resideInAPackage("io.distlock.test")))
                .and()
                .haveNameNotMatching("io\\.distlock\\.test\\.(" + users + ")")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(library)))
                .check(KIT);
    }
}
