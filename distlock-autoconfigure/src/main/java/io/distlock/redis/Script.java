package io.distlock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script, and the digest by which the server knows it once it has seen it. */
enum Script {
    ACQUIRE("record", "acquire-at-once", "sharers", "line", "acquire"),
    ACQUIRE_SHARED("record", "clock", "sharers", "line", "acquire"),
    VOTE("up", "record", "acquire-at-once", "sharers", "line", "acquire"),
    ACQUIRE_ALL("record", "clock", "sharers", "line", "ending", "acquire-all"),
    RELEASE("record", "release-at-once", "hand-on-at-once", "sharers", "line", "ending", "release"),
    RELEASE_ALL("record", "clock", "sharers", "line", "ending", "release-all"),
    RENEW("sharer", "renew"),
    KEEP("keep"),
    KEEP_SHARER("sharer", "keep-sharer"),
    EXTEND("record", "attempt", "extend", "clock", "sharers", "line", "extend-sharer"),
    ADOPT("record", "clock", "sharers", "line", "adopt"),
    DISOWN("record", "clock", "sharers", "line", "disown"),
    FENCES("record", "clock", "sharers", "line", "fences"),
    STATE("record", "state"),
    TTL("record", "attempt", "ttl", "clock", "sharers", "ttl-sharer"),
    TELL("tell"),
    COPY("copy"),
    REPORT("report"),
    PROBE("probe"),
    IDENTITY("identity");

    private final String source;

    private final String digest;

    Script(String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(read(file + ".lua"));
        }
        this.source = text.toString();
        this.digest = sha1(this.source);
    }

    String source() {
        return this.source;
    }

    String digest() {
        return this.digest;
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("The script " + file + " is missing beside " + Script.class.getName()
                        + ": the jar was repackaged without it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
