package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.KeyState;
import io.distlock.driver.Ownership;
import io.distlock.driver.SeveralKeysDriver.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what the scripts return. */
final class RedisReplies {

    private static final int GRANTED = 1;

    private static final int BUSY = 0;

    private static final int ENDED = 3;

    private static final int FAILED = -2;

    private static final char SHARED = '2';

    /** Where the inbox stands in a packed entry of the line. */
    private static final int ENTRY_INBOX = 6;

    private static final int ENTRY_PARTS = 10;

    private RedisReplies() {}

    static Attempt attempt(Object reply) {
        List<?> parts = (List<?>) reply;
        return switch (number(parts.get(0))) {
            case GRANTED -> new Attempt.Granted((Long) parts.get(1), number(parts.get(2)));
            case BUSY -> busy(parts.subList(1, parts.size()));
            case ENDED -> new Attempt.Ended();
            default -> throw RedisErrors.answered(String.valueOf(parts.get(1)), null);
        };
    }

    private static Attempt.Busy busy(List<?> parts) {
        return new Attempt.Busy(
                remaining(parts.get(0)), (String) parts.get(1), optional(parts.get(2)), Optional.ofNullable((String)
                        parts.get(3)));
    }

    static Together together(List<Object> reply) {
        return switch (number(reply.get(0))) {
            case GRANTED ->
                new Together.Granted(((List<?>) reply.get(1))
                        .stream()
                                .map(grant -> (List<?>) grant)
                                .map(grant -> new Attempt.Granted((Long) grant.get(0), number(grant.get(1))))
                                .toList());
            case BUSY -> new Together.Refused(number(reply.get(1)) - 1, busy(reply.subList(2, reply.size())));
            default -> new Together.Apart();
        };
    }

    /** Of one among several. */
    static Ownership ended(Object reply) {
        List<?> parts = (List<?>) reply;
        if (number(parts.get(0)) == FAILED) {
            throw RedisErrors.answered(String.valueOf(parts.get(1)), null);
        }
        return ownership(parts.get(0));
    }

    static Ownership ownership(Object reply) {
        return switch (number(reply)) {
            case 1 -> Ownership.OURS;
            case 0 -> Ownership.GONE;
            default -> Ownership.TAKEN;
        };
    }

    /** Whether a renewal of a lock alone found that several share it. */
    static boolean isShared(String reply) {
        return reply.charAt(0) == SHARED;
    }

    /** One of those that renew.lua was asked for. */
    static Ownership renewed(String reply, int index) {
        return switch (reply.charAt(index)) {
            case '1' -> Ownership.OURS;
            case '0' -> Ownership.GONE;
            default -> Ownership.TAKEN;
        };
    }

    static Optional<Duration> ttl(List<Object> reply) {
        return reply.isEmpty()
                ? Optional.empty()
                : Optional.of(remaining(reply.get(0)).orElse(FOR_EVER));
    }

    /** A key without expiry, put there by somebody else: longer than anybody asks. */
    private static final Duration FOR_EVER = Duration.ofDays(365_000);

    static Optional<Attempt.Granted> adopted(List<Object> reply) {
        return reply.isEmpty() ? Optional.empty() : Optional.of(new Attempt.Granted((Long) reply.get(0), 1));
    }

    static Optional<KeyState> state(List<Object> reply, String inboxStart) {
        if (reply.isEmpty()) {
            return Optional.empty();
        }
        String token = (String) reply.get(0);
        boolean ours = token.equals(reply.get(2));
        List<String> waiting = new ArrayList<>();
        List<String> waitingDetails = new ArrayList<>();
        for (Object entry : (List<?>) reply.get(5)) {
            String[] parts = ((String) entry).split("\n", ENTRY_PARTS);
            waiting.add(parts[ENTRY_INBOX].substring(inboxStart.length()));
            waitingDetails.add(parts[ENTRY_PARTS - 1]);
        }
        if (reply.get(6) instanceof Long now) {
            return RedisSharers.state(reply, now, waiting, waitingDetails);
        }
        return Optional.of(new KeyState(
                token,
                remaining(reply.get(1)),
                ours ? optional(reply.get(3)) : OptionalLong.empty(),
                ours ? Optional.ofNullable((String) reply.get(4)) : Optional.empty(),
                waiting,
                waitingDetails));
    }

    static Optional<Duration> remaining(Object millis) {
        long value = (Long) millis;
        return value < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(value));
    }

    private static OptionalLong optional(Object number) {
        return number instanceof Long value ? OptionalLong.of(value) : OptionalLong.empty();
    }

    private static int number(Object reply) {
        return ((Long) reply).intValue();
    }
}
