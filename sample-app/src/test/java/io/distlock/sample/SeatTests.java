package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.server.ResponseStatusException;

class SeatTests {

    @Test
    void theHallHasFiveRowsOfTwentySeats() {
        assertThat(Seat.ALL).hasSize(100).doesNotHaveDuplicates();
        assertThat(Seat.ALL.get(0)).hasToString("A1");
        assertThat(Seat.ALL.get(99)).hasToString("E20");
    }

    @ParameterizedTest
    @CsvSource({"F, 1", "a, 1", "'', 1", "AB, 1", "A, 0", "A, 21", "A, -1"})
    void aSeatOutsideTheHallDoesNotExist(String row, int number) {
        assertThatExceptionOfType(ResponseStatusException.class)
                .isThrownBy(() -> new Seat(row, number))
                .withMessageContaining("404")
                .withMessageContaining("No seat " + row + number);
    }
}
