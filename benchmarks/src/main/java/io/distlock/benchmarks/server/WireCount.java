package io.distlock.benchmarks.server;

import java.io.IOException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Counts requests on the wire, which INFO cannot: it counts what scripts call as well. MONITOR shows both and tells them
 * apart, but slows the server down, so this is done apart from what is timed.
 */
public final class WireCount implements AutoCloseable {

    private static final String IN_SCRIPT = " lua] ";

    private final Resp monitor;

    private final Resp marker;

    private final String mark = "wire-" + UUID.randomUUID();

    private final CompletableFuture<Long> count = new CompletableFuture<>();

    /** Counts from here on. */
    public WireCount(RedisAddress address) throws IOException {
        this.monitor = new Resp(address);
        this.marker = new Resp(address);
        this.monitor.call("MONITOR");
        Thread reader = new Thread(this::read, "monitor");
        reader.setDaemon(true);
        reader.start();
    }

    /** How many requests there were until now. */
    public long stop() throws IOException {
        this.marker.call("ECHO", this.mark);
        return this.count.join();
    }

    private void read() {
        long seen = 0;
        try {
            while (true) {
                String line = (String) Objects.requireNonNull(this.monitor.answer());
                if (line.contains(this.mark)) {
                    this.count.complete(seen);
                    return;
                }
                seen += line.contains(IN_SCRIPT) ? 0 : 1;
            }
        } catch (IOException ex) {
            this.count.completeExceptionally(ex);
        }
    }

    @Override
    public void close() throws IOException {
        this.monitor.close();
        this.marker.close();
    }
}
