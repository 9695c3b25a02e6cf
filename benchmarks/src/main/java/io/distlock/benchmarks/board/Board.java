package io.distlock.benchmarks.board;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Numbers shared by the controller and all worker processes of one subject. Writing to it costs no system call, so that
 * tiny critical sections stay tiny although every one of them is checked and counted, over all processes.
 */
public final class Board {

    /** As many keys as can be told apart. */
    public static final int KEYS = 256;

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int RECORDING = 0;

    private static final int HOLD = 64;

    private static final int FIRST_KEY = 128;

    private static final int FIRST_THREAD = FIRST_KEY + KEYS * KeyCell.BYTES;

    private final MappedByteBuffer bytes;

    private Board(MappedByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Opens the board in this file, or makes it. */
    public static Board open(Path file, int threads) throws IOException {
        long size = FIRST_THREAD + (long) threads * ThreadCell.BYTES;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Board(channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
        }
    }

    /** Whether times are taken now. */
    public boolean recording() {
        return get(RECORDING) != 0;
    }

    public void recording(boolean on) {
        set(RECORDING, on ? 1 : 0);
    }

    /** Whether whoever holds a lock keeps it until this is over. */
    public boolean hold() {
        return get(HOLD) != 0;
    }

    public void hold(boolean on) {
        set(HOLD, on ? 1 : 0);
    }

    public KeyCell key(int index) {
        return new KeyCell(this, FIRST_KEY + index * KeyCell.BYTES);
    }

    public ThreadCell thread(int index) {
        return new ThreadCell(this, FIRST_THREAD + index * ThreadCell.BYTES);
    }

    long get(int offset) {
        return (long) LONGS.getAcquire(this.bytes, offset);
    }

    void set(int offset, long value) {
        LONGS.setRelease(this.bytes, offset, value);
    }
}
