package io.distlock.testredis;

import java.util.List;

/** A slot on its way from one master of a cluster to another, a key at a time, as operators' tools move it. */
public final class MovingSlot {

    private final List<PrivateRedis> masters;

    private final PrivateRedis from;

    private final PrivateRedis to;

    private final String slot;

    private MovingSlot(List<PrivateRedis> masters, PrivateRedis from, PrivateRedis to, String slot) {
        this.masters = masters;
        this.from = from;
        this.to = to;
        this.slot = slot;
    }

    /** From here on new keys come into being at the other master, and those that are here stay until they are moved. */
    static MovingSlot begin(List<PrivateRedis> masters, String key, PrivateRedis from, PrivateRedis to) {
        String slot = String.valueOf(from.call("CLUSTER", "KEYSLOT", key));
        to.call("CLUSTER", "SETSLOT", slot, "IMPORTING", id(from));
        from.call("CLUSTER", "SETSLOT", slot, "MIGRATING", id(to));
        return new MovingSlot(masters, from, to, slot);
    }

    public PrivateRedis from() {
        return this.from;
    }

    public PrivateRedis to() {
        return this.to;
    }

    /** Whether it was there, and is not any more. */
    public boolean move(String key) {
        return "OK".equals(this.from.call("MIGRATE", this.to.host(), String.valueOf(this.to.port()), key, "0", "5000"));
    }

    /** Moves what is left, and tells all masters who has the slot now. */
    public void finish() {
        List<?> left = keysLeft();
        while (!left.isEmpty()) {
            left.forEach(key -> move((String) key));
            left = keysLeft();
        }
        assign(this.to); // first, or for a moment nobody would have it
        this.masters.forEach(this::assign);
    }

    private List<?> keysLeft() {
        return (List<?>) this.from.call("CLUSTER", "GETKEYSINSLOT", this.slot, "100");
    }

    private void assign(PrivateRedis master) {
        master.call("CLUSTER", "SETSLOT", this.slot, "NODE", id(this.to));
    }

    private static String id(PrivateRedis node) {
        return (String) node.call("CLUSTER", "MYID");
    }
}
