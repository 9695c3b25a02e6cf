package io.distlock.benchmarks.server;

/** Where a Redis listens. */
public record RedisAddress(String host, int port) {

    /** Reads {@code host:port}. */
    public static RedisAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is not of the form host:port");
        }
        return new RedisAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return this.host + ":" + this.port;
    }
}
