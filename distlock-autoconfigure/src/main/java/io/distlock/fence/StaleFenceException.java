package io.distlock.fence;

/** The lease was overtaken: the resource has been used under a later one. What this holder wanted to do was not done. */
public final class StaleFenceException extends RuntimeException {

    private final String resource;

    private final long fence;

    public StaleFenceException(String resource, long fence) {
        super("'" + resource + "' was used under a later lease than this one with fence " + fence
                + ", which is over although its holder still works. Begin the work anew, under a new lease");
        this.resource = resource;
        this.fence = fence;
    }

    public String resource() {
        return this.resource;
    }

    /** The fence that was refused. */
    public long fence() {
        return this.fence;
    }
}
