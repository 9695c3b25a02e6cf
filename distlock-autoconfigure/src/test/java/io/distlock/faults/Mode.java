package io.distlock.faults;

/** How instances are set up that lock while something breaks. */
enum Mode {
    /** As they are where nothing is said of it: a lock is passed on inside a process, and handed on by message. */
    USUAL,

    /** So that fences say when the server granted. */
    WITHOUT_PASSING(Setting.WITHOUT_PASSING),

    /** Whoever waits asks. */
    WITHOUT_MESSAGES(Setting.WITHOUT_PASSING, Setting.WITHOUT_MESSAGES),

    OVER_JEDIS(Setting.OVER_JEDIS);

    private final Setting[] settings;

    Mode(Setting... settings) {
        this.settings = settings;
    }

    Setting[] settings() {
        return this.settings.clone();
    }
}
