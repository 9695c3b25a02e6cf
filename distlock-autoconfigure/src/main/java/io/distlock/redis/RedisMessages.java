package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.function.Consumer;

/** What instances tell each other over their inboxes. */
final class RedisMessages {

    /** Grants begin with a member of a line, and none is called that. */
    private static final String FREED = "!freed";

    private static final int FREED_PARTS = 3;

    private static final int GRANT_PARTS = 8;

    private RedisMessages() {}

    static String freed(Hold hold) {
        return FREED + "\n" + hold.token() + "\n" + hold.key().full();
    }

    /** What anybody else may publish there is nobody's. */
    static void read(String prefix, String message, Consumer<Grant> grants, Consumer<Hold> freed) {
        String[] parts = message.split("\n", GRANT_PARTS);
        if (parts.length == GRANT_PARTS) {
            grants.accept(grant(prefix, parts));
        } else if (parts.length == FREED_PARTS && parts[0].equals(FREED)) {
            freed.accept(Hold.byToken(key(prefix, parts[2]), parts[1]));
        }
    }

    /** As release.lua and acquire.lua publish it. */
    private static Grant grant(String prefix, String[] parts) {
        return new Grant(
                new Hold(key(prefix, parts[7]), parts[6], parts[5]),
                parts[0],
                Long.parseLong(parts[1]),
                new Attempt.Granted(Long.parseLong(parts[3]), Integer.parseInt(parts[4])),
                Duration.ofMillis(Long.parseLong(parts[2])));
    }

    private static LockKey key(String prefix, String lock) {
        return new LockKey(prefix, lock.substring(prefix.length()));
    }
}
