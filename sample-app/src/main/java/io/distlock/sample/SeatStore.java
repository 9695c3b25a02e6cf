package io.distlock.sample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Bookings, and a log of all attempts. No constraint keeps a seat from being booked twice: callers must see to that. */
@Component
record SeatStore(JdbcClient jdbc) {

    boolean isBooked(Seat seat) {
        String sql = "select count(*) > 0 from bookings where seat = ?";
        return this.jdbc.sql(sql).param(seat.toString()).query(Boolean.class).single();
    }

    void book(Seat seat, String buyer) {
        String sql = "insert into bookings (seat, buyer) values (?, ?)";
        this.jdbc.sql(sql).params(seat.toString(), buyer).update();
    }

    Map<String, List<String>> buyersBySeat() {
        Map<String, List<String>> buyers = new LinkedHashMap<>();
        Seat.ALL.forEach(seat -> buyers.put(seat.toString(), new ArrayList<>()));
        this.jdbc.sql("select seat, buyer from bookings order by id").query(row -> {
            buyers.computeIfAbsent(row.getString("seat"), seat -> new ArrayList<>())
                    .add(row.getString("buyer"));
        });
        return buyers;
    }

    void log(Attempt attempt) {
        String sql = "insert into attempts (seat, locked, outcome, millis) values (:seat, :locked, :outcome, :millis)";
        this.jdbc.sql(sql).paramSource(attempt).update();
    }

    List<Attempt> attempts(long after) {
        String sql = "select * from attempts where id > ? order by id";
        return this.jdbc.sql(sql).param(after).query(Attempt.class).list();
    }

    void clear() {
        this.jdbc.sql("delete from bookings").update();
        this.jdbc.sql("delete from attempts").update();
    }

    /** One try to buy: what came of it, and after how long. */
    record Attempt(long id, String seat, boolean locked, String outcome, double millis) {}
}
