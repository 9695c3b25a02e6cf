package io.distlock.redis;

import org.springframework.data.redis.connection.RedisConnection;

/** One subscription over Jedis, for as long as its connection stands. */
interface JedisHearing {

    static JedisHearing over(RedisConnection redis, String channel, Ear ear) {
        try {
            JedisHearing own = JedisOwnHearing.over(redis, channel, ear);
            return own == null ? new JedisSharedHearing(redis, channel, ear) : own;
        } catch (RuntimeException failure) {
            redis.close();
            throw failure;
        }
    }

    /**
     * Returns or throws when it is over.
     *
     * @param tryOut whether the connection may be dead, which a subscription would never find out
     */
    void hear(boolean tryOut);

    /** By another thread: it shall be over. */
    void end();

    /** Who hears. */
    interface Ear {

        /** From here on messages are heard. */
        void opened();

        void heard(String message);
    }
}
