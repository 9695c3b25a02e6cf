package io.distlock.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * One locker in one process. Host names and process ids repeat, in containers above all, so an instance is told apart by
 * random bits of its own.
 *
 * @param readable what people recognise: {@code orders@host-7/4242}
 * @param random 72 random bits as text
 */
public record Instance(String readable, String random) {

    private static final int RANDOM_BYTES = 9;

    private static final int RANDOM_CHARACTERS = 12;

    /** A new instance of the named application, on this host and in this process. */
    public static Instance here(String application) {
        String readable = plain(application) + "@" + plain(host()) + "/"
                + ProcessHandle.current().pid();
        return new Instance(readable, randomText(new SecureRandom(), RANDOM_BYTES));
    }

    /** One more of the same process: every locker is an instance of its own. */
    public Instance another() {
        return new Instance(this.readable, randomText(new SecureRandom(), RANDOM_BYTES));
    }

    /** Unique among all instances that ever were. */
    public String id() {
        return this.readable + "-" + this.random;
    }

    /** The readable part of an {@link #id()}. */
    static String readable(String id) {
        int end = id.length() - RANDOM_CHARACTERS - 1;
        return end > 0 ? id.substring(0, end) : id;
    }

    private static String randomText(SecureRandom source, int bytes) {
        byte[] bits = new byte[bytes];
        source.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Names from configuration may hold anything; in tokens and channel names only these are safe everywhere. */
    private static String plain(String name) {
        String plain = name.strip().replaceAll("[^A-Za-z0-9_.-]", "_");
        return plain.substring(0, Math.min(plain.length(), 64));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "unknown-host";
        }
    }
}
