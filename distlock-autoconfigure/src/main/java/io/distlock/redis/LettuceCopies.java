package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for replicas, over a connection of its own: the server answers nothing else on it while it waits. */
final class LettuceCopies {

    /** By which the server's own answer, that the time is over, may come later. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final LettuceDoor door;

    private final CommandConnection connection;

    LettuceCopies(LettuceDoor door, Duration patience) {
        this.door = door;
        this.connection = new CommandConnection(door, patience, () -> {});
    }

    CompletableFuture<Long> await(String record, int replicas, Duration timeout) {
        Opening opening = this.connection.begin();
        CompletableFuture<Wire> turn = new CompletableFuture<>();
        CompletableFuture<Long> copies = turn.thenCompose(wire -> node(wire, record))
                .thenCompose(node -> ask(node.async(), record, replicas, timeout))
                .orTimeout(this.connection.allow(timeout).plus(MARGIN).toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((seen, failure) -> {
                    opening.end();
                    if (failure instanceof TimeoutException) {
                        this.connection.isSilent(opening);
                    }
                })
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explain(failure)));
        opening.whenDone((wire, failure) -> {
            if (wire != null) {
                this.connection.wasOpen();
                turn.complete(wire);
            } else if (failure != null) {
                turn.completeExceptionally(failure);
            }
        });
        return copies;
    }

    /** In a cluster the connection to the node of the key: only that one knows what its replicas have. */
    private static CompletionStage<StatefulRedisConnection<String, String>> node(Wire wire, String record) {
        if (wire.connection() instanceof StatefulRedisClusterConnection<String, String> cluster) {
            RedisClusterNode master = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(record));
            return master == null
                    ? CompletableFuture.failedFuture(
                            new LockDriverException(Kind.UNREACHABLE, "no node has the slot of " + record, null))
                    : cluster.getConnectionAsync(master.getNodeId());
        }
        return CompletableFuture.completedFuture((StatefulRedisConnection<String, String>) wire.connection());
    }

    private static CompletionStage<Long> ask(
            RedisAsyncCommands<String, String> redis, String record, int replicas, Duration timeout) {
        CompletionStage<List<Object>> written =
                redis.eval(Script.COPY.source(), ScriptOutputType.MULTI, new String[] {record});
        return redis.waitForReplication(replicas, timeout.toMillis())
                .thenCombine(written, (copies, reply) -> reply.get(0).equals(1L) ? copies : 0L);
    }

    private LockDriverException explain(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TimeoutException
                ? new LockDriverException(Kind.UNANSWERED, this.door + " did not answer in time", cause)
                : this.door.explain(failure);
    }

    CompletionStage<Void> close() {
        return this.connection.close();
    }
}
