package io.distlock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the measurements still run; what they find on a machine that tests is worth nothing. */
class BenchmarksTests {

    private String results(Path directory, String... options) throws Exception {
        String[] arguments = new String[options.length + 8];
        System.arraycopy(options, 0, arguments, 0, options.length);
        String[] brief = {"--rounds", "1", "--seconds", "0.2", "--warm-up", "0.1", "--out", directory.toString()};
        System.arraycopy(brief, 0, arguments, options.length, brief.length);
        Benchmarks.main(arguments);
        return Files.readString(directory.resolve("results.md"));
    }

    @Test
    void subjectsAreMeasuredAndPictured(@TempDir Path directory) throws Exception {
        String results = results(directory, "--workloads", "W3", "--subjects", "distlock,redisson");
        assertThat(results)
                .contains("| distlock", "| redisson", "![W3](W3.svg)")
                .doesNotContain("FAULT")
                .doesNotContain("NaN");
        assertThat(directory.resolve("W3.svg")).content().contains("<svg");
        assertThat(directory.resolve("results.csv")).content().contains("W3").contains("distlock");
    }

    @Test
    void theScriptsOfTheLimitAreThoseOfTheDriver(@TempDir Path directory) throws Exception {
        assertThat(results(directory, "--workloads", "limit"))
                .contains("| acquire and release ", "| renewals, 450 in a request ");
    }

    @Test
    void aHandOverIsMeasuredAfterRests(@TempDir Path directory) throws Exception {
        assertThat(results(directory, "--workloads", "idle"))
                .contains("| 0 ", "| 50 ")
                .doesNotContain("NaN");
    }
}
