package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Nodes;
import io.distlock.driver.Release;
import io.distlock.driver.VotingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/** What tests of several nodes share: claims, questions, and drivers that are closed. */
abstract class SeveralNodes {

    static final Duration TTL = Duration.ofSeconds(30);

    final String prefix = "several:" + UUID.randomUUID() + ":";

    final LockKey key = new LockKey(this.prefix, "order:42");

    final Spied spied = new Spied();

    final List<LockDriver> drivers = new ArrayList<>();

    @AfterEach
    void closeDrivers() {
        this.drivers.forEach(LockDriver::close);
    }

    abstract RedisNodes nodes();

    final DriverSettings settings(Duration timeout) {
        return new DriverSettings(
                "payments",
                this.prefix,
                "test-" + UUID.randomUUID(),
                timeout,
                Duration.ofHours(1),
                true,
                Optional.empty(),
                new Nodes(nodes().addresses(), true, Duration.ZERO),
                0);
    }

    final LockDriver quorum() {
        return quorum(true, Duration.ZERO);
    }

    final LockDriver quorum(boolean fencing, Duration rejoinAfter) {
        return opened(new QuorumLockDriver(new Voters(spiedNodes(), fencing, rejoinAfter)));
    }

    final LockDriver quorum(List<Node> nodes, boolean fencing) {
        return opened(new QuorumLockDriver(new Voters(nodes, fencing, Duration.ZERO)));
    }

    final <D extends LockDriver> D opened(D driver) {
        this.drivers.add(driver);
        return driver;
    }

    final List<Node> spiedNodes() {
        return spiedNodes(Duration.ofSeconds(5));
    }

    /** @param timeout of one question */
    final List<Node> spiedNodes(Duration timeout) {
        List<Node> nodes = new ArrayList<>();
        for (VotingDriver store : nodes().stores(settings(timeout))) {
            nodes.add(new Node("node-" + nodes.size(), "payments", this.spied.on(nodes.size(), store)));
        }
        return nodes;
    }

    /** All of which can be asked from now on: otherwise that is certain of a majority only. */
    final List<Node> knownNodes() {
        List<Node> nodes = spiedNodes();
        answer(Node.greetAll(nodes));
        return nodes;
    }

    final Claim claim(String token) {
        return new Claim(new Hold(this.key, token, UUID.randomUUID().toString()), TTL, 1, "");
    }

    /** Which nodes hold a token for the key. */
    final String holders() {
        StringBuilder holders = new StringBuilder();
        for (int i = 0; i < nodes().size(); i++) {
            Object token = nodes().get(i).call("GET", this.key.full());
            holders.append(token == null ? "-" : token);
        }
        return holders.toString();
    }

    /** @return above all fences that this node has given so far, far ahead of all clocks */
    final long aheadByFences(int node) {
        LockDriver ahead =
                opened(nodes().stores(settings(Duration.ofSeconds(5))).get(node));
        Claim far = new Claim(claim("x").hold(), TTL, 1_000_000_000, "");
        long last = granted(ahead.acquire(far)).fence() + 1_000_000_000;
        answer(ahead.release(new Release(far.hold(), Duration.ZERO)));
        return last;
    }

    static Attempt.Granted granted(CompletionStage<Attempt> attempt) {
        return (Attempt.Granted) answer(attempt);
    }

    static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException ex) {
            if (ex.getCause() instanceof LockDriverException known) {
                throw known;
            }
            throw new AssertionError(ex.getCause());
        } catch (InterruptedException | TimeoutException ex) {
            throw new AssertionError("No answer", ex);
        }
    }
}
