package io.distlock.sample;

import org.junit.jupiter.api.Test;

/** Keeps docs/testing.md true: what it shows runs as tests. */
class TestingGuideTests {

    @Test
    void whatItShowsIsTested() {
        Markdown.of("docs/testing.md").assertItsJavaIsIn("BookingServiceTests", "NightlyReportTests");
    }
}
