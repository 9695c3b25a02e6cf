package io.distlock.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** One instance of the sample, as seen over HTTP. */
record Concert(int port) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    Answer book(String seat, String buyer) {
        return sendBooking(seat, "{\"buyer\":\"" + buyer + "\"}", true).join();
    }

    Answer bookWithBody(String seat, String body) {
        return sendBooking(seat, body, true).join();
    }

    Map<String, List<String>> seats() {
        return new JsonMapper().readValue(get("/seats").body(), new TypeReference<>() {});
    }

    Answer get(String path) {
        return send(request(path)).join();
    }

    Answer reset() {
        return send(request("/seats").DELETE()).join();
    }

    /** 200 buyers at the 20 seats of a row, all at once, in turn at each of the instances. */
    static List<Answer> rush(String row, boolean lock, Concert... instances) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int buyer = 0; buyer < 200; buyer++) {
            Concert instance = instances[buyer % instances.length];
            String seat = row + "/" + (buyer / 10 + 1);
            answers.add(instance.sendBooking(seat, "{\"buyer\":\"Fan " + buyer + "\"}", lock));
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }

    List<Integer> ticketsPerSeat(String row) {
        Map<String, List<String>> seats = seats();
        return IntStream.rangeClosed(1, 20)
                .mapToObj(number -> seats.get(row + number).size())
                .toList();
    }

    private CompletableFuture<Answer> sendBooking(String seat, String body, boolean lock) {
        return send(request("/seats/" + seat + "/bookings?lock=" + lock)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
    }

    private static CompletableFuture<Answer> send(HttpRequest.Builder request) {
        return CLIENT.sendAsync(request.build(), BodyHandlers.ofString())
                .thenApply(response -> new Answer(response.statusCode(), response.body()));
    }

    record Answer(int status, String body) {}
}
