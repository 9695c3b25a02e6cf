package io.distlock.faults;

/** The same over Jedis. */
class JedisFailoverTests extends FailoverTests {

    @Override
    Setting client() {
        return Setting.OVER_JEDIS;
    }
}
