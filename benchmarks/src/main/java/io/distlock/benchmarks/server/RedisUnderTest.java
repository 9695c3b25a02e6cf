package io.distlock.benchmarks.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/** The Redis that everybody is measured against: a given one, or one of our own on a free port of the loopback. */
public final class RedisUnderTest implements AutoCloseable {

    private final RedisAddress address;

    private final String origin;

    private final @Nullable RedisServer own;

    private RedisUnderTest(RedisAddress address, String origin, @Nullable RedisServer own) {
        this.address = address;
        this.origin = origin;
        this.own = own;
    }

    public static RedisUnderTest start(Optional<RedisAddress> given) throws IOException {
        if (given.isPresent()) {
            return new RedisUnderTest(given.get(), "given", null);
        }
        try {
            return start("redis-server on the PATH", ExecutableProvider.newExecutableInPath("redis-server"));
        } catch (IOException absent) {
            return start("embedded-redis", ExecutableProvider.newJarResourceProvider());
        }
    }

    private static RedisUnderTest start(String origin, ExecutableProvider executable) throws IOException {
        RedisAddress address = new RedisAddress("127.0.0.1", freePort());
        RedisServer server = RedisServer.newRedisServer()
                .executableProvider(executable)
                .bind(address.host())
                .port(address.port())
                .setting("save \"\"")
                .setting("appendonly no")
                .build();
        server.start();
        return new RedisUnderTest(address, origin, server);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public RedisAddress address() {
        return this.address;
    }

    /** Where it came from. */
    public String origin() {
        return this.origin;
    }

    @Override
    public void close() throws IOException {
        if (this.own != null) {
            this.own.stop();
        }
    }
}
