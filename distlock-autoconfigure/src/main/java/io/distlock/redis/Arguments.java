package io.distlock.redis;

/** Arguments of a script, in the order of its header. */
final class Arguments {

    private final String[] values;

    private int next;

    Arguments(int size) {
        this.values = new String[size];
    }

    Arguments add(String... more) {
        System.arraycopy(more, 0, this.values, this.next, more.length);
        this.next += more.length;
        return this;
    }

    String[] array() {
        return this.values;
    }
}
