package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockLost;
import io.distlock.LockMode;
import io.distlock.LockNotAcquiredException;
import io.distlock.ReleaseOutcome;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import io.distlock.annotation.WhenUnavailable;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables that are written by hand leave nothing out. */
class ReferenceTests {

    @Test
    void everyAttributeIsListedWithItsDefault() {
        String page = Page.of("docs/annotation.md").text();
        assertThat(DistributedLock.class.getDeclaredMethods())
                .extracting(ReferenceTests::row)
                .allSatisfy(row -> assertThat(page).contains(row));
    }

    private static String row(Method attribute) {
        Object value = attribute.getDefaultValue();
        String written = value instanceof Enum<?> constant ? constant.name() : value.toString();
        return "| `" + attribute.getName() + "` | " + (written.isEmpty() ? "" : "`" + written + "` ") + "|";
    }

    @Test
    void everyChoiceIsExplained() {
        String page = Page.of("docs/annotation.md").text();
        assertThat(Stream.of(LockMode.values(), WhenBusy.values(), WhenUnavailable.values(), WhenLost.values())
                        .flatMap(Arrays::stream)
                        .map(constant -> "`" + constant + "`"))
                .allSatisfy(constant -> assertThat(page).contains(constant));
    }

    @Test
    void everyThreadIsListed() {
        String page = Page.of("docs/architecture.md").text();
        String code = Page.sources("distlock-autoconfigure/src/main/java", ".java");
        assertThat(new Page(Path.of("code"), code).found("\"(distlock-[a-z]*)"))
                .filteredOn(name -> !name.endsWith("-startup") && !name.endsWith("-health"))
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(page).contains("| `" + name));
    }

    @Test
    void everyReasonIsExplainedWhereItBelongs() {
        assertThat(explained("## Not acquired"))
                .containsExactlyInAnyOrder(names(LockNotAcquiredException.Reason.values()));
        assertThat(explained("## Lost")).containsExactlyInAnyOrder(names(LockLost.Reason.values()));
        assertThat(explained("## Given back")).containsExactlyInAnyOrder(names(ReleaseOutcome.values()));
    }

    /** What the table of a section explains. */
    private static List<String> explained(String heading) {
        String page = Page.of("docs/exceptions.md").text();
        int start = page.indexOf("\n" + heading);
        assertThat(start).as(heading).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        return new Page(Path.of(heading), page.substring(start, end)).found("(?m)^\\| `(\\w+)` \\|");
    }

    private static String[] names(Enum<?>... constants) {
        return Arrays.stream(constants).map(Enum::name).toArray(String[]::new);
    }
}
