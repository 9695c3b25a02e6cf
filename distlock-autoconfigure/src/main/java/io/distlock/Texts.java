package io.distlock;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which texts may travel to a store and come back the same. */
final class Texts {

    static final int LONGEST = 1024;

    private static final int LONGEST_METADATA = 4096;

    /** What is written beside a lock of itself, among the metadata. */
    private static final Set<String> RESERVED = Set.of("instance", "thread", "name", "method", "holds", "permits");

    private Texts() {}

    static String check(String what, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(
                    "A lock's " + what + " must not be " + (text == null ? "null" : "blank"));
        }
        if (text.length() <= LONGEST && isPlain(text)) {
            return text;
        }
        int bytes = bytes(what, text);
        if (bytes > LONGEST) {
            throw new IllegalArgumentException("A lock's " + what + " must not be longer than " + LONGEST
                    + " bytes in UTF-8; this one has " + bytes + " and begins with '" + text.substring(0, 40) + "'");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "A lock's " + what + " must not contain control characters: '" + visible(text) + "'");
        }
        return text;
    }

    /** Nearly every text is, and needs no closer look. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    static Map<String, String> checkMetadata(Map<String, String> metadata) {
        int bytes = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            checkFact(entry.getKey());
            bytes += bytes("metadata", entry.getKey()) + bytes("metadata", entry.getValue());
        }
        if (bytes > LONGEST_METADATA) {
            throw new IllegalArgumentException("A lock's metadata must not be longer than " + LONGEST_METADATA
                    + " bytes in UTF-8 in all; this has " + bytes);
        }
        return Map.copyOf(metadata);
    }

    private static void checkFact(@Nullable String name) {
        if (name != null && (RESERVED.contains(name) || name.startsWith("~"))) {
            throw new IllegalArgumentException("A lock's metadata must not contain '" + name
                    + "', which distlock itself writes beside its locks: choose another name for it");
        }
    }

    private static int bytes(String what, String text) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .remaining();
        } catch (CharacterCodingException unpaired) {
            throw new IllegalArgumentException("A lock's " + what
                    + " must be valid Unicode, without unpaired surrogates: '" + visible(text) + "'");
        }
    }

    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.chars().limit(80).forEach(c -> {
            if (Character.isISOControl(c) || Character.isSurrogate((char) c)) {
                visible.append(String.format("\\u%04x", c));
            } else {
                visible.append((char) c);
            }
        });
        return visible.toString();
    }
}
