package io.distlock.benchmarks.subject;

/** The script that everybody uses to give back a plain lock. */
final class Scripts {

    static final String COMPARE_AND_DELETE =
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

    private Scripts() {}
}
