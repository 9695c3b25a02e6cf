package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server that answers nothing is asked now and then only, until it answers again. */
class CircuitTests {

    private static final Duration TIMEOUT = Duration.ofMillis(20);

    private final Link link = new Link();

    private final Circuit circuit = new Circuit(this.link);

    private CompletableFuture<List<Object>> ask() {
        return ask(this.circuit, "k");
    }

    private static CompletableFuture<List<Object>> ask(Circuit circuit, String key) {
        return circuit.run(Script.TTL, TIMEOUT, new String[] {key}, new String[0]);
    }

    private void timeOut(int times) {
        List<CompletableFuture<List<Object>>> silent = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            silent.add(ask());
        }
        await().pollDelay(TIMEOUT.multipliedBy(2)).until(() -> true);
        silent.forEach(answer -> answer.completeExceptionally(failure(Kind.UNANSWERED)));
    }

    @Test
    void aTimeoutThatComesWrappedIsOneToo() {
        List<CompletableFuture<List<Object>>> silent = new ArrayList<>();
        Link link = new Link() {
            @Override
            public CompletableFuture<List<Object>> run(
                    Script script, Duration timeout, String[] keys, String[] arguments) {
                CompletableFuture<List<Object>> answer = super.run(script, timeout, keys, arguments);
                silent.add(answer);
                return answer.exceptionallyCompose(CompletableFuture::failedFuture);
            }
        };
        Circuit circuit = new Circuit(link);
        for (int i = 0; i < 3; i++) {
            ask(circuit, "k");
        }
        await().pollDelay(TIMEOUT.multipliedBy(2)).until(() -> true);
        List.copyOf(silent).forEach(answer -> answer.completeExceptionally(failure(Kind.UNANSWERED)));
        for (int i = 0; i < 10; i++) {
            ask(circuit, "k");
        }
        assertThat(link.asked).hasSizeBetween(3 + 1, 3 + 2);
    }

    private static LockDriverException failure(Kind kind) {
        return new LockDriverException(kind, "silent", null);
    }

    @Test
    void afterSomeTimeoutsOneCommandGoesThroughAndTheOthersFailAtOnce() {
        timeOut(3);
        int before = this.link.asked.size();
        List<CompletableFuture<List<Object>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(ask());
        }
        assertThat(this.link.asked).hasSizeBetween(before + 1, before + 2);
        assertThat(answers.get(50))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(LockDriverException.class, refusal -> {
                    assertThat(refusal.kind()).isEqualTo(Kind.UNREACHABLE);
                    assertThat(refusal).hasMessageContaining("Redis at nowhere has not answered for");
                });
    }

    @Test
    void anAnswerClosesIt() {
        timeOut(5);
        CompletableFuture<List<Object>> probe = ask();
        probe.complete(List.of());
        int before = this.link.asked.size();
        for (int i = 0; i < 100; i++) {
            ask();
        }
        assertThat(this.link.asked).hasSize(before + 100);
    }

    @Test
    void aServerThatRefusesOrCutsIsNotSilent() {
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < 10; i++) {
                ask().completeExceptionally(failure(kind));
            }
        }
        assertThat(this.link.asked).hasSize(10 * Kind.values().length);
    }

    @Test
    void timeoutsBetweenAnswersAreNoSilence() {
        for (int i = 0; i < 4; i++) {
            CompletableFuture<List<Object>> late = ask();
            await().pollDelay(TIMEOUT.multipliedBy(2)).until(() -> true);
            ask().complete(List.of());
            late.completeExceptionally(failure(Kind.UNANSWERED));
        }
        int before = this.link.asked.size();
        ask();
        ask();
        assertThat(this.link.asked).hasSize(before + 2);
    }

    @Test
    void aSilentServerOfAClusterIsSparedAndTheOthersAreAsked() {
        Link link = new Link() {
            @Override
            public boolean isCluster() {
                return true;
            }

            @Override
            public String node(String key) {
                return "host:" + key;
            }
        };
        Circuit circuit = new Circuit(link);
        List<CompletableFuture<List<Object>>> silent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            silent.add(ask(circuit, "1"));
        }
        await().pollDelay(TIMEOUT.multipliedBy(2)).until(() -> true);
        silent.forEach(answer -> answer.completeExceptionally(failure(Kind.UNANSWERED)));
        link.asked.clear();
        List<CompletableFuture<List<Object>>> spared = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            spared.add(ask(circuit, "1"));
            ask(circuit, "2");
        }
        assertThat(link.asked).hasSizeBetween(11, 12);
        assertThat(spared.get(5))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("host:1 of Redis at nowhere has not answered for");
    }

    private static class Link extends OneServerLink {

        final List<Script> asked = new ArrayList<>();

        @Override
        public CompletableFuture<List<Object>> run(Script script, Duration timeout, String[] keys, String[] arguments) {
            this.asked.add(script);
            return new CompletableFuture<>();
        }

        @Override
        public String toString() {
            return "Redis at nowhere";
        }
    }
}
