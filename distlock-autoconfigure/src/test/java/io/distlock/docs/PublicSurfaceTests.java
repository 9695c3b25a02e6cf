package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.distlock.aspect.DistributedLockAspect;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/compatibility.md promises to keep is what a release is compared by, and it is there. */
class PublicSurfaceTests {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.distlock");

    @Test
    void pageAndComparisonNameTheSame() {
        assertThat(compared()).isNotEmpty().containsExactlyInAnyOrderElementsOf(promised());
    }

    @Test
    void allOfItIsPublic() {
        assertThat(compared())
                .allMatch(name -> HOUSE.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .anyMatch(type -> type.getPackageName().equals(name)
                                || type.getName().equals(name)));
    }

    /** Whoever writes against it must not have to name what may change. Of the aspect only the name counts, in aop.xml. */
    @Test
    void itSpeaksOnlyOfItself() {
        assertThat(HOUSE.stream()
                        .filter(PublicSurfaceTests::isPromised)
                        .filter(type -> !type.isEquivalentTo(DistributedLockAspect.class))
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                        .flatMap(method -> method.getAllInvolvedRawTypes().stream())
                        .filter(type -> type.getName().startsWith("io.distlock"))
                        .filter(type -> !isPromised(type))
                        .map(JavaClass::getName))
                .isEmpty();
    }

    private static boolean isPromised(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && compared().stream()
                        .anyMatch(name -> type.getPackageName().equals(name)
                                || type.getName().equals(name)
                                || type.getName().startsWith(name + "$"));
    }

    private static List<String> compared() {
        return Page.of("pom.xml").found("<include>(io\\.distlock[\\w.]*)</include>");
    }

    private static List<String> promised() {
        Matcher section = Pattern.compile("(?s)\n## Versions and changes\n(.+?)(\n## |$)")
                .matcher(Page.of("docs/compatibility.md").text());
        assertThat(section.find()).isTrue();
        return new Page(Page.path("docs/compatibility.md"), section.group(1))
                .found("(?m)^\\|.*?`(io\\.distlock[\\w.]*)`.*\\|");
    }
}
