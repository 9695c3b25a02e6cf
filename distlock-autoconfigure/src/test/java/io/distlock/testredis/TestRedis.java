package io.distlock.testredis;

import org.jspecify.annotations.Nullable;

/** A Redis server that answers. */
public interface TestRedis {

    String host();

    int port();

    default String uri() {
        return "redis://" + host() + ":" + port();
    }

    /** A connection of its own, as any stranger to this library would have it. The caller closes it. */
    default RedisConversation connect() {
        return RedisConversation.with(host(), port());
    }

    /** Asks one thing over a connection opened for it: {@code call("SET", "key", "token", "NX", "PX", "1000")}. */
    default @Nullable Object call(String... command) {
        try (RedisConversation conversation = connect()) {
            return conversation.call(command);
        }
    }
}
