package io.distlock.redis;

import java.time.Duration;

/** The contract where holds outlive their records, so that no script may take its short way. */
class RedisShortRecordTests extends RedisLockDriverTests {

    @Override
    protected Duration recordRetention() {
        return RETENTION;
    }
}
