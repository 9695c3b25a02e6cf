package io.distlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts as they are written to a server, in its protocol. The thread that asks writes them: the client's own way costs each
 * text a buffer, on the one thread that serves all who ask.
 */
final class BulkStrings {

    private byte[] bytes;

    private int length;

    private int count;

    BulkStrings(int expected) {
        this.bytes = new byte[expected];
    }

    BulkStrings add(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        // the length has ten digits at most
        int most = this.length + 1 + 10 + 2 + encoded.length + 2;
        if (most > this.bytes.length) {
            this.bytes = Arrays.copyOf(this.bytes, Math.max(most, 2 * this.bytes.length));
        }
        put('$');
        putNumber(encoded.length);
        endLine();
        System.arraycopy(encoded, 0, this.bytes, this.length, encoded.length);
        this.length += encoded.length;
        endLine();
        this.count++;
        return this;
    }

    BulkStrings add(String[] texts, int first) {
        for (int i = first; i < texts.length; i++) {
            add(texts[i]);
        }
        return this;
    }

    private void putNumber(int number) {
        if (number >= 10) {
            putNumber(number / 10);
        }
        put((char) ('0' + number % 10));
    }

    private void endLine() {
        put('\r');
        put('\n');
    }

    private void put(char ascii) {
        this.bytes[this.length] = (byte) ascii;
        this.length++;
    }

    /** Of which the first {@link #length()} are written. */
    byte[] bytes() {
        return this.bytes;
    }

    int length() {
        return this.length;
    }

    int count() {
        return this.count;
    }
}
