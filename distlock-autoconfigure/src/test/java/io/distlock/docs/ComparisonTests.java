package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/comparison.md} says of other libraries in numbers is what {@code docs/figures} has measured. */
class ComparisonTests {

    /** The columns of the page, in the words of the benchmarks. */
    private static final List<String> SUBJECTS =
            List.of("distlock", "redisson", "redisson-fair", "spring-spin", "shedlock", "lock4j");

    private static final String NOTHING = "–";

    private static final Page PAGE = Page.of("docs/comparison.md");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requests for acquire and release, uncontended; W1; requests/lock; 1",
                "locks per second, 32 threads with a key each; W2; ÷ raw; 2",
                "locks per second, one key and 16 threads; W3; ÷ redisson; 2"
            })
    void itsNumbersWereMeasured(String all) {
        String[] words = all.split("; ");
        List<String> row = row(PAGE.text(), words[0]);
        Table measured = Table.of(words[1]);
        int digits = Integer.parseInt(words[3]);
        for (int i = 0; i < SUBJECTS.size(); i++) {
            String said = row.get(i + 1);
            if (!said.equals(NOTHING)) {
                assertThat(new BigDecimal(said))
                        .as("%s of %s", words[2], SUBJECTS.get(i))
                        .isEqualByComparingTo(
                                measured.number(SUBJECTS.get(i), words[2]).round(new MathContext(digits)));
            }
        }
        assertThat(row.subList(1, row.size())).as("what was measured").anyMatch(cell -> !cell.equals(NOTHING));
    }

    private static List<String> row(String text, String start) {
        String line = text.lines()
                .filter(one -> one.startsWith("| " + start))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
    }

    private record Table(String text) {

        static Table of(String workload) {
            String results = Page.of("docs/figures/results.md").text();
            return new Table(results.split("## " + workload + ":", 2)[1].split("\n## ", 2)[0]);
        }

        BigDecimal number(String subject, String column) {
            int index = row(this.text, "subject").indexOf(column);
            return new BigDecimal(row(this.text, subject + " ").get(index).replace(",", ""));
        }
    }
}
