package io.distlock.autoconfigure;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.Map;

/** Which values of properties make sense. Each refusal names the property, the value and what to write instead. */
final class PropertyRules {

    /** Far beyond any use, and far below what a clock in nanoseconds or a store in milliseconds can hold. */
    static final Duration LONGEST = Duration.ofDays(3650);

    private static final int LONGEST_PREFIX = 256;

    private PropertyRules() {}

    static void notNegative(String property, Duration value) {
        if (value.isNegative()) {
            throw refuse(property, show(value), "negative", "to zero or more");
        }
        if (value.compareTo(LONGEST) > 0) {
            throw refuse(property, show(value), "too long", "to at most " + LONGEST.toDays() + "d");
        }
    }

    static void notNegative(String property, int value) {
        if (value < 0) {
            throw refuse(property, String.valueOf(value), "negative", "to zero or more");
        }
    }

    static void part(String property, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw refuse(property, String.valueOf(value), "not between 0 and 1", "to a part such as 0.2");
        }
    }

    static void atLeast(String property, Duration value, Duration least, String otherwise) {
        notNegative(property, value);
        if (value.compareTo(least) < 0) {
            throw refuse(property, show(value), "too short: " + otherwise, "to at least " + show(least));
        }
    }

    static void atMost(String property, Duration value, String otherProperty, Duration most) {
        if (value.compareTo(most) > 0) {
            throw refuse(
                    property,
                    show(value),
                    "longer than '" + otherProperty + "', which is " + show(most),
                    "to at most " + show(most) + ", or raise '" + otherProperty + "'");
        }
    }

    static void lessThan(String property, Duration value, String otherProperty, Duration limit) {
        if (value.compareTo(limit) >= 0) {
            throw refuse(
                    property,
                    show(value),
                    "not shorter than '" + otherProperty + "', which is " + show(limit)
                            + ": a lock would end before its renewal is known to have failed",
                    "to a third of '" + otherProperty + "' or less");
        }
    }

    static void notBlank(String property, String value) {
        if (value.isBlank()) {
            throw refuse(property, value, "blank", "to a text");
        }
    }

    static void prefix(String property, String value) {
        String remedy = "to a text such as 'orders:'";
        notBlank(property, value);
        if (value.chars().anyMatch(c -> c == '{' || c == '}')) {
            throw refuse(property, value, "not free of braces, which decide the slot in a cluster", remedy);
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw refuse(property, value, "not free of control characters", remedy);
        }
        if (value.length() > LONGEST_PREFIX) {
            throw refuse(property, value, "longer than " + LONGEST_PREFIX + " characters", remedy);
        }
    }

    static void metadata(String property, Map<String, String> facts) {
        try {
            LockRequest.of("any").metadata(facts);
        } catch (IllegalArgumentException refused) {
            throw new ConfigurationException(
                    "Property '" + property + "' cannot be stored beside locks: " + refused.getMessage() + ".",
                    "Name or shorten what stands there.",
                    refused);
        }
    }

    private static ConfigurationException refuse(String property, String value, String fact, String remedy) {
        String printable = value.replaceAll("\\p{Cntrl}", "?");
        return new ConfigurationException(
                "Property '" + property + "' is '" + printable + "', which is " + fact + ".",
                "Set '" + property + "' " + remedy + ".");
    }

    private static String show(Duration value) {
        if (value.abs().compareTo(LONGEST) > 0 || value.getNano() % 1_000_000 != 0) {
            return value.toString();
        }
        long millis = value.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
