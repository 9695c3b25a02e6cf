package io.distlock.fence;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Fences in a Redis. {@link #set} writes a value only under the highest fence, in one step. {@link #check} alone leaves
 * time between the check and what follows it: it narrows the gap for resources that cannot check by themselves, it does
 * not close it.
 *
 * <p>What Redis forgets it no longer refuses: a restart without data, an eviction, or the end of the memory's time.
 */
public final class RedisFenceGuard implements FenceGuard {

    private static final RedisScript<Long> SCRIPT =
            RedisScript.of(new ClassPathResource("io/distlock/fence/fence.lua"), Long.class);

    private final StringRedisTemplate redis;

    private final String prefix;

    private final String memory;

    /**
     * @param prefix of the keys where fences are remembered
     * @param memory how long after its last use; longer than any holder may be paused
     */
    public RedisFenceGuard(StringRedisTemplate redis, String prefix, Duration memory) {
        this.redis = redis;
        this.prefix = prefix;
        this.memory = Long.toString(memory.toMillis());
    }

    /**
     * @throws StaleFenceException when a higher fence was seen
     * @throws IllegalStateException between MULTI and EXEC or in a pipeline, where the answer would come after what it is to
     *     decide
     */
    @Override
    public void check(String resource, long fence) {
        refuseUnless(
                this.redis.execute(SCRIPT, List.of(fenceKey(resource)), Long.toString(fence), this.memory),
                resource,
                fence);
    }

    /**
     * Sets a value if no higher fence was seen for its key.
     *
     * @param ttl how long the value lives
     * @throws StaleFenceException when a higher fence was seen; nothing was written
     * @throws IllegalStateException between MULTI and EXEC or in a pipeline; discard it, since the value may be among what it
     *     writes
     */
    public void set(String key, String value, Duration ttl, long fence) {
        List<String> keys = List.of(fenceKey(key), key);
        Long written = this.redis.execute(
                SCRIPT, keys, Long.toString(fence), this.memory, value, Long.toString(ttl.toMillis()));
        refuseUnless(written, key, fence);
    }

    /** In the slot of the resource, where a cluster lets one script see both. */
    private String fenceKey(String resource) {
        int open = resource.indexOf('{');
        boolean tagged = open >= 0 && resource.indexOf('}', open + 1) > open + 1;
        return this.prefix + (tagged ? resource : "{" + resource + "}");
    }

    private static void refuseUnless(@Nullable Long accepted, String resource, long fence) {
        if (accepted == null) {
            throw new IllegalStateException(
                    "The fence of '" + resource + "' cannot be checked in a pipeline or a transaction"
                            + " of Redis, which answers only when all is written. Discard it, and check before it");
        }
        if (accepted != 1) {
            throw new StaleFenceException(resource, fence);
        }
    }
}
