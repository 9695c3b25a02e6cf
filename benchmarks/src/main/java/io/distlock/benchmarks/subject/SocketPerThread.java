package io.distlock.benchmarks.subject;

import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.server.Resp;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A blocking socket for every thread: no thread switch in a command, no sharing, no limit to their number. */
final class SocketPerThread implements AutoCloseable {

    private final Queue<Resp> opened = new ConcurrentLinkedQueue<>();

    private final ThreadLocal<@Nullable Resp> mine = new ThreadLocal<>();

    private final RedisAddress address;

    SocketPerThread(RedisAddress address) {
        this.address = address;
    }

    @Nullable
    Object call(String... words) throws IOException {
        Resp socket = this.mine.get();
        if (socket == null) {
            socket = new Resp(this.address);
            this.opened.add(socket);
            this.mine.set(socket);
        }
        return socket.call(words);
    }

    @Override
    public void close() {
        for (Resp socket : this.opened) {
            try {
                socket.close();
            } catch (IOException alreadyGone) {
                // Nothing is left to close.
            }
        }
    }
}
