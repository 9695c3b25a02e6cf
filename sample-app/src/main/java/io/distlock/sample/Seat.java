package io.distlock.sample;

import java.util.List;
import java.util.stream.IntStream;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** One of the hall's seats, A1 to E20. */
record Seat(String row, int number) {

    static final List<Seat> ALL = IntStream.range(0, 100)
            .mapToObj(i -> new Seat(String.valueOf((char) ('A' + i / 20)), i % 20 + 1))
            .toList();

    Seat {
        if (!row.matches("[A-E]") || number < 1 || number > 20) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No seat " + row + number + " in this hall");
        }
    }

    @Override
    public String toString() {
        return this.row + this.number;
    }
}
