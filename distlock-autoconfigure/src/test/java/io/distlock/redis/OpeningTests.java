package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits for a connection. */
class OpeningTests {

    private final LockDriverException away = new LockDriverException(Kind.UNREACHABLE, "nobody there", null);

    @Test
    void whoAskedFirstActsFirstAndThenWhoeverComes() {
        List<Integer> acted = new ArrayList<>();
        Opening opening = new Opening();
        opening.whenDone((wire, failure) -> opening.whenDone((same, again) -> acted.add(3)));
        opening.whenDone((wire, failure) -> acted.add(1));
        opening.whenDone((wire, failure) -> acted.add(2));
        opening.wire().completeExceptionally(this.away);
        opening.whenDone((wire, failure) -> acted.add(4));
        assertThat(acted)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 4).boxed().toList());
    }

    @Test
    void twoThatFailAtOnceAndAskForEachOtherDoNotWaitForEachOther() throws Exception {
        Opening one = new Opening();
        Opening other = new Opening();
        CyclicBarrier bothAct = new CyclicBarrier(2);
        CountDownLatch done = new CountDownLatch(2);
        one.whenDone((wire, failure) -> {
            meet(bothAct);
            other.whenDone((theirs, same) -> done.countDown());
        });
        other.whenDone((wire, failure) -> {
            meet(bothAct);
            one.whenDone((theirs, same) -> done.countDown());
        });
        start(() -> one.wire().completeExceptionally(this.away));
        start(() -> other.wire().completeExceptionally(this.away));
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception alone) {
            throw new IllegalStateException(alone);
        }
    }
}
