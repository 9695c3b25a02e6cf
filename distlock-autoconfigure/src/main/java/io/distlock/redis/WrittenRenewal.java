package io.distlock.redis;

import io.distlock.driver.Renewal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A renewal as it is written to a server, in its protocol: the keys first, then the arguments. It is the same every time,
 * and to write it down anew is most of what keeping many holds alive costs the client.
 */
final class WrittenRenewal {

    private final byte[] text;

    private final int keysEnd;

    private WrittenRenewal(byte[] text, int keysEnd) {
        this.text = text;
        this.keysEnd = keysEnd;
    }

    static WrittenRenewal of(Renewal renewal) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(256);
        RedisKeys keys = RedisKeys.of(renewal.hold().key());
        write(text, keys.lock());
        write(text, keys.record());
        int keysEnd = text.size();
        Arguments arguments = new Arguments(Arguments.RENEWAL);
        arguments.add(renewal);
        for (String argument : arguments.array()) {
            write(text, argument);
        }
        return new WrittenRenewal(text.toByteArray(), keysEnd);
    }

    private static void write(ByteArrayOutputStream text, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        text.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        text.writeBytes(bytes);
        text.writeBytes(new byte[] {'\r', '\n'});
    }

    byte[] text() {
        return this.text;
    }

    int keysEnd() {
        return this.keysEnd;
    }
}
