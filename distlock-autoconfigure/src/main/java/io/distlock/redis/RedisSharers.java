package io.distlock.redis;

import io.distlock.driver.KeyState;
import io.distlock.driver.KeyState.Sharer;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads who shares a lock, as sharers.lua writes it. */
final class RedisSharers {

    private static final int PARTS = 5;

    private RedisSharers() {}

    /** @return empty when the time of all of them is over */
    static Optional<KeyState> state(List<Object> reply, long now, List<String> waiting, List<String> waitingDetails) {
        List<Sharer> sharers = new ArrayList<>();
        String[] lines = ((String) reply.get(4)).split("\n", -1);
        for (int i = 1; i < lines.length; i++) {
            String[] parts = lines[i].split("\t", PARTS);
            long left = Long.parseLong(parts[0]) - now;
            if (left > 0) {
                long fence = Long.parseLong(parts[3].substring(0, parts[3].indexOf(' ')));
                sharers.add(new Sharer(unescaped(parts[2]), Duration.ofMillis(left), fence, unescaped(parts[4])));
            }
        }
        return sharers.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeyState(
                        SharingDriver.SHARED,
                        RedisReplies.remaining(reply.get(1)),
                        OptionalLong.of((Long) reply.get(3)),
                        Optional.empty(),
                        waiting,
                        waitingDetails,
                        sharers));
    }

    private static String unescaped(String text) {
        return text.replace("%09", "\t").replace("%0A", "\n").replace("%25", "%");
    }
}
