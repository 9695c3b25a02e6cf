package io.distlock.redis;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connection for commands and one for messages, of our own, opened from the application's Lettuce client at first use:
 * the application's own ones are not touched when they are given up. Lettuce sends unanswered commands again when it has
 * connected anew, so every script must be harmless when it is executed twice.
 */
final class LettuceLink implements RedisLink {

    private static final Duration CLOSING = Duration.ofMillis(200);

    private final LettuceDoor door;

    private final Rounds rounds;

    private final CommandConnection commands;

    private final LettuceCopies copies;

    private final LettuceInbox inbox;

    private final LettuceNodes nodes;

    LettuceLink(LettuceDoor door, Duration patience) {
        this.door = door;
        this.rounds = new Rounds(door.timer());
        this.copies = new LettuceCopies(door, patience);
        this.inbox = new LettuceInbox(door);
        this.commands = new CommandConnection(door, patience, this.inbox::mayBeDead);
        this.nodes = new LettuceNodes(door, this::cluster);
    }

    @Override
    public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
        LettuceCall call = known -> new WrittenCall(known, keys, arguments, this.door.isCluster());
        if (!this.door.isCluster() || keys.length == 0) {
            return run(timeout, script, call, "");
        }
        CompletableFuture<List<Object>> answer = run(timeout, script, call, node(keys[0]));
        answer.whenComplete((reply, failure) -> {
            if (RedisErrors.isSilence(failure)) {
                this.nodes.lookForAnother(keys[0], timeout);
            }
        });
        return answer;
    }

    @Override
    public CompletableFuture<List<Object>> renew(Duration timeout, RenewalCall call) {
        return this.door.isCluster()
                ? RedisLink.super.renew(timeout, call)
                : run(timeout, Script.RENEW, known -> new WrittenRenewals(known, call), "");
    }

    private CompletableFuture<List<Object>> run(Duration timeout, Script script, LettuceCall call, String node) {
        CompletableFuture<List<Object>> answer = new LettuceCommand(
                        this.door, this.rounds, this.commands, script, call, this.commands.allow(timeout), node)
                .run();
        answer.whenComplete((reply, failure) -> {
            if (failure instanceof LockDriverException trouble && trouble.kind() == Kind.UNANSWERED) {
                this.inbox.doubt();
            }
        });
        return answer;
    }

    @Override
    public CompletableFuture<Void> load(Duration timeout) {
        Opening opening = this.commands.begin();
        CompletableFuture<Wire> turn = new CompletableFuture<>();
        CompletableFuture<Void> loaded = turn.thenCompose(LettuceLink::load)
                .orTimeout(this.commands.allow(timeout).toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((done, failure) -> opening.end())
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(this.door.explain(failure)));
        opening.whenDone((wire, failure) -> {
            if (wire != null) {
                turn.complete(wire);
            } else if (failure != null) {
                turn.completeExceptionally(failure);
            }
        });
        return loaded;
    }

    private static CompletableFuture<Void> load(Wire wire) {
        return CompletableFuture.allOf(Stream.of(Script.values())
                .map(script -> wire.scripts().scriptLoad(script.source()).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletableFuture<Long> copies(String record, int replicas, Duration timeout) {
        return this.copies.await(record, replicas, timeout);
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Duration timeout, Consumer<String> listener) {
        return this.inbox.open(channel, listener);
    }

    @Override
    public boolean isListening() {
        return this.inbox.isListening();
    }

    @Override
    public long losses() {
        return this.door.losses();
    }

    @Override
    public boolean isOneServer() {
        return this.door.isOneServer();
    }

    @Override
    public boolean isCluster() {
        return this.door.isCluster();
    }

    @Override
    public String node(String key) {
        StatefulRedisClusterConnection<String, String> cluster = cluster();
        if (cluster == null) {
            return "";
        }
        RedisClusterNode master = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
        return master == null
                ? ""
                : master.getUri().getHost() + ":" + master.getUri().getPort();
    }

    /** The connection to a cluster; null while there is none. */
    private @Nullable StatefulRedisClusterConnection<String, String> cluster() {
        Wire open = this.commands.open();
        return open != null && open.connection() instanceof StatefulRedisClusterConnection<String, String> cluster
                ? cluster
                : null;
    }

    @Override
    public String toString() {
        return this.door.toString();
    }

    @Override
    public void close() {
        CompletionStage<Void> inboxClosed = this.inbox.close();
        awaitBriefly(this.commands.close());
        awaitBriefly(this.copies.close());
        awaitBriefly(inboxClosed);
        this.door.close();
    }

    /** The application's client comes next: what it finds half closed it complains about. */
    private static void awaitBriefly(CompletionStage<Void> closed) {
        try {
            closed.toCompletableFuture().get(CLOSING.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException neverMind) {
            // it ends with the client
        }
    }
}
