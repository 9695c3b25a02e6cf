package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What the words of a Redis error mean for a lock, and what to do about them. */
final class RedisErrors {

    private RedisErrors() {}

    /** For an error that the server sent as its answer: nothing was changed. */
    static LockDriverException answered(String message, @Nullable Throwable cause) {
        if (has(message, "WRONGTYPE")) {
            return misconfigured(
                    "Redis holds something of another type at one of its keys. Another program uses this prefix: set"
                            + " distlock.prefix to one of your own, or delete that key",
                    message,
                    cause);
        }
        if (has(message, "NOAUTH")
                || has(message, "WRONGPASS")
                || has(message, "invalid password")
                || has(message, "unauthenticated")) {
            return misconfigured(
                    "Redis refused the login. Check spring.data.redis.username and spring.data.redis.password, or what the"
                            + " node's address says of them",
                    message,
                    cause);
        }
        if (has(message, "NOPERM") || has(message, "ACL failure") || has(message, "user executing the script")) {
            return misconfigured(
                    "the Redis user may not do this. It needs ACL SETUSER <user> +eval +evalsha"
                            + " +get +getrange +set +setrange +append +del +exists +pttl +pexpire +time +hset +hsetnx"
                            + " +hget +hdel +zadd +zrem +zrange +zrevrange +publish +pubsub +subscribe, as one node of"
                            + " several +info +script|load too, and ~<prefix>* &<prefix>* unless it may use all keys and all channels",
                    message,
                    cause);
        }
        if (has(message, "DISTLOCK wire version")) {
            return misconfigured(
                    "beside the lock stands what another version of distlock wrote, or another program. Let all"
                            + " instances run versions that know each other, or set distlock.prefix to one of your own",
                    message,
                    cause);
        }
        if (has(message, "DISTLOCK no vote yet")) {
            return refused(
                    "the server may have forgotten what it granted before it was started, and takes part in new locks once"
                            + " 'rejoin-after' is over",
                    message,
                    cause);
        }
        if (has(message, "unknown command") || has(message, "Unknown Redis command")) {
            return misconfigured("Redis lacks a command that distlock needs", message, cause);
        }
        if (has(message, "READONLY")) {
            return refused(
                    "Redis is a read-only replica. Point spring.data.redis.* at the primary, or at Sentinel or Cluster",
                    message,
                    cause);
        }
        if (has(message, "OOM")) {
            return refused("Redis is out of memory. Raise maxmemory or free some", message, cause);
        }
        if (has(message, "TRYAGAIN")) {
            return refused(
                    "the keys of this lock are being moved to another node of the cluster, and are answered for together"
                            + " when all of them are there",
                    message,
                    cause);
        }
        return refused("Redis refused", message, cause);
    }

    /**
     * Whether a server or a proxy before it may take one key of a script and not several. Proxies say so in words of their
     * own; a server says ERR, too, of what went wrong inside a script: before 7.0 of all of it.
     */
    static boolean isAboutSeveralKeys(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof LockDriverException answered) || answered.kind() != Kind.REFUSED) {
            return false;
        }
        String message = answered.getMessage();
        return has(message, "CROSSSLOT")
                || has(message, "non local key")
                || has(message, "(ERR ") && !has(message, "(ERR Error running") && !has(message, "(ERR user_script");
    }

    /** Whether the keys of a script lie in a slot of which a part has moved already; each alone can still be found. */
    static boolean isAboutAMovingSlot(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof LockDriverException answered && has(answered.getMessage(), "(TRYAGAIN");
    }

    /** Whether nothing was answered, neither well nor otherwise. */
    static boolean isSilence(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof LockDriverException trouble
                && (trouble.kind() == Kind.UNANSWERED || trouble.kind() == Kind.UNREACHABLE);
    }

    static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return String.valueOf(cause == null ? null : cause.getMessage());
    }

    private static LockDriverException misconfigured(String fact, String message, @Nullable Throwable cause) {
        return new LockDriverException(Kind.MISCONFIGURED, fact + " (" + message + ")", cause);
    }

    private static LockDriverException refused(String fact, String message, @Nullable Throwable cause) {
        return new LockDriverException(Kind.REFUSED, fact + " (" + message + ")", cause);
    }

    private static boolean has(@Nullable String message, String word) {
        return message != null && message.contains(word);
    }
}
