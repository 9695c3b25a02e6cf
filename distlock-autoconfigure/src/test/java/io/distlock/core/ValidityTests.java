package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Cases;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidityTests {

    @ParameterizedTest
    @CsvSource({"PT0.01S, PT0.008S", "PT0.1S, PT0.098S", "PT0.101S, PT0.09898S", "PT10S, PT9.8S", "PT1H, PT58M48S"})
    @Cases("RS-A1")
    void beliefIsTheTtlLessTwoPerCentAndAtLeastTwoMilliseconds(Duration ttl, Duration belief) {
        assertThat(Duration.ofNanos(Validity.of(ttl.toNanos()))).isEqualTo(belief);
    }
}
