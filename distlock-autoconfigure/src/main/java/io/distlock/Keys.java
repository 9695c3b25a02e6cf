package io.distlock;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Which keys can be locked, on every driver alike. */
final class Keys {

    /** The order in which several keys are taken: the same in every JVM, whatever its locale. */
    static final Comparator<String> BYTE_ORDER =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private Keys() {}

    static String check(@Nullable String key) {
        String text = Texts.check("key", key);
        if (text.startsWith("~")) {
            throw new IllegalArgumentException("A lock's key must not begin with '~', which is kept for what is stored"
                    + " beside the locks: '" + text + "'");
        }
        if (!fitsOneSlot(text)) {
            throw new IllegalArgumentException(
                    "The braces in a lock's key must be free of '}' or form a hash tag {…}, so"
                            + " that everything of the lock lies in one slot of a cluster: '" + text + "'");
        }
        return text;
    }

    /**
     * A key with a hash tag of its own is stored as it is; any other is wrapped in braces for what is stored beside it,
     * which names the same slot only if it has no closing brace (Redis cluster specification, "Hash tags").
     */
    private static boolean fitsOneSlot(String key) {
        int open = key.indexOf('{');
        int close = open < 0 ? -1 : key.indexOf('}', open + 1);
        boolean tagged = close > open + 1;
        return tagged || key.indexOf('}') < 0;
    }
}
