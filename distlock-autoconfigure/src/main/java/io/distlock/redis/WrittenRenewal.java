package io.distlock.redis;

import io.distlock.driver.Renewal;
import java.util.Arrays;

/**
 * A renewal as it is written to a server, in its protocol: the keys first, then the arguments. It is the same every time,
 * and to write it down anew is most of what keeping many holds alive costs the client.
 */
final class WrittenRenewal {

    static final int USUAL_LENGTH = 256;

    private final byte[] text;

    private final int keysEnd;

    private WrittenRenewal(byte[] text, int keysEnd) {
        this.text = text;
        this.keysEnd = keysEnd;
    }

    static WrittenRenewal of(Renewal renewal) {
        RedisKeys keys = RedisKeys.of(renewal.hold().key());
        BulkStrings text = new BulkStrings(USUAL_LENGTH).add(keys.lock()).add(keys.record());
        int keysEnd = text.length();
        Arguments arguments = new Arguments(Arguments.RENEWAL);
        arguments.add(renewal);
        text.add(arguments.array(), 0);
        return new WrittenRenewal(Arrays.copyOf(text.bytes(), text.length()), keysEnd);
    }

    byte[] text() {
        return this.text;
    }

    int keysEnd() {
        return this.keysEnd;
    }
}
