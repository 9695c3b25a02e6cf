package io.distlock.memory;

import java.util.Arrays;

/** The last few attempts that ended in one way: enough for every question that may still be under way. */
final class Attempts {

    private static final int KEPT = 8;

    /** Of a lock that many share, many questions are under way. */
    private static final int KEPT_OF_SHARERS = 100;

    /** The last of them last. */
    private String[] texts = {};

    /** Of each text: they are looked through for every question, and the texts themselves lie all over the memory. */
    private int[] hashes = {};

    private int size;

    void add(String attempt, boolean shared) {
        int kept = shared ? KEPT_OF_SHARERS : KEPT;
        if (this.size >= kept) {
            removeAt(0, this.size - kept + 1);
        } else if (this.size == this.texts.length) {
            int room = Math.max(1, 2 * this.size);
            this.texts = Arrays.copyOf(this.texts, room);
            this.hashes = Arrays.copyOf(this.hashes, room);
        }
        this.texts[this.size] = attempt;
        this.hashes[this.size] = attempt.hashCode();
        this.size++;
    }

    void remove(String attempt) {
        int at = indexOf(attempt);
        if (at >= 0) {
            removeAt(at, 1);
        }
    }

    boolean contains(String attempt) {
        return indexOf(attempt) >= 0;
    }

    private int indexOf(String attempt) {
        int hash = attempt.hashCode();
        for (int i = 0; i < this.size; i++) {
            if (this.hashes[i] == hash && this.texts[i].equals(attempt)) {
                return i;
            }
        }
        return -1;
    }

    private void removeAt(int first, int count) {
        int behind = this.size - first - count;
        System.arraycopy(this.texts, first + count, this.texts, first, behind);
        System.arraycopy(this.hashes, first + count, this.hashes, first, behind);
        this.size -= count;
        Arrays.fill(this.texts, this.size, this.size + count, ""); // keeps no text alive
    }
}
