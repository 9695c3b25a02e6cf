package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Cases;
import io.distlock.faults.Testimony.Answer;
import io.distlock.faults.Testimony.Turn;
import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three processes lock in a majority of three servers, while servers die, hang, are cut off and come back empty. What one
 * may suffer costs no lock; where two or all suffer it nobody gets one, and who held one is told in time.
 */
@Isolated("times what processes do")
class QuorumFaultsTests {

    private static final String KEY = "orders";

    private static final Duration TTL = Duration.ofMillis(1500);

    private static final Duration REJOIN = Duration.ofMillis(1600);

    /** A third of the ttl, shared by the two rounds of a vote. */
    private static final Duration COMMAND_TIMEOUT = TTL.dividedBy(3);

    /** By how much clocks, and signals that stop a process, may be late. */
    private static final Duration TOLERANCE = Duration.ofMillis(50);

    private static List<PrivateRedis> nodes;

    private static List<Cable> cables;

    private static Ledger ledger;

    private static Workers workers;

    @BeforeAll
    static void start() {
        nodes = Stream.generate(RedisServers::start).limit(3).toList();
        cables = nodes.stream().map(Cable::to).toList();
        ledger = Ledger.open();
        workers = Workers.start(
                Setting.majorityOf(cables, REJOIN),
                ledger.setting(),
                Setting.ttl(TTL),
                Setting.idle(Duration.ofMillis(100)),
                Setting.WITHOUT_PASSING);
    }

    @AfterAll
    static void close() {
        workers.close();
        cables.forEach(Cable::close);
        nodes.forEach(PrivateRedis::close);
        ledger.close();
    }

    @ParameterizedTest
    @CsvSource({"CUT, 2", "PAUSED, 3"})
    void quickly(NodeHarm harm, int count) {
        tryOut(harm, count);
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource({
        "DOWN, 1",
        "PAUSED, 1",
        "CUT, 1",
        "BLACK_HOLE, 1",
        "REPLIES_LOST, 1",
        "DOWN, 2",
        "PAUSED, 2",
        "BLACK_HOLE, 2",
        "REPLIES_LOST, 2",
        "DOWN, 3",
        "CUT, 3",
        "BLACK_HOLE, 3",
        "REPLIES_LOST, 3"
    })
    void allOthers(NodeHarm harm, int count) {
        tryOut(harm, count);
    }

    @Test
    @Cases("RS-A6")
    void oneAfterTheOtherMayDieOnceTheFirstHasLearntWhatIsHeld() {
        try (Stalls stalls = Stalls.begin()) {
            workers.begin(KEY, TTL, Duration.ofMillis(3));
            History history = new History();
            nodes.get(2).kill();
            workers.awaitTurns(KEY, 1);
            nodes.get(2).restart();
            await().atMost(TTL.plus(Stage.SLACK))
                    .until(() -> Stream.of("kept-0", "kept-1", "kept-2")
                            .allMatch(key -> nodes.get(2).call("GET", "distlock:" + key) != null));
            await().pollDelay(REJOIN).until(() -> true);
            nodes.get(0).kill();
            workers.awaitTurns(KEY, 1);
            nodes.get(0).restart();
            await().pollDelay(REJOIN).until(() -> true);
            workers.rest(history);
            history.assertExclusive();
            stalls.seen(workers.said().worstStall());
            stalls.unlessLongerThan(
                    TTL.dividedBy(10),
                    () -> assertThat(workers.said().losses()).as("losses").isZero());
        }
    }

    private static void tryOut(NodeHarm harm, int count) {
        try (Stalls stalls = Stalls.begin()) {
            boolean majority = count < 2;
            ledger.clear();
            workers.begin(KEY, TTL, Duration.ofMillis(3));
            workers.beginWriting(TTL);
            for (int i = 0; i < count; i++) {
                harm.begin(nodes.get(i), cables.get(i));
            }
            long harmed = System.nanoTime();
            Answer answer = workers.first().ask("asked", TTL);
            await().pollDelay(TTL.multipliedBy(2).minus(answer.time())).until(() -> true);
            for (int i = 0; i < count; i++) {
                harm.heal(nodes.get(i), cables.get(i));
            }
            long healed = System.nanoTime();
            workers.takeOneMore(TTL);
            Duration back = workers.awaitFirstTurns(KEY, healed);
            workers.awaitTurns(KEY, 3);
            workers.awaitOneMore();
            if (!majority) {
                workers.awaitStaleWrites(1);
            }
            History history = new History();
            workers.rest(history);
            stalls.seen(workers.said().worstStall());

            System.out.printf(
                    "%d of 3 %s: answered after %d ms, all back %d ms after the heal, %d losses told, the slowest %d ms"
                            + " after the last belief; machine stood still for %d ms%n",
                    count,
                    harm,
                    answer.time().toMillis(),
                    back.toMillis(),
                    workers.said().losses(),
                    workers.said().slowestTelling().toMillis(),
                    stalls.worst().toMillis());
            history.assertExclusive();
            workers.said().assertEveryLossWasToldOnce();
            workers.said().assertNobodyWasRefusedEarly();
            ledger.assertNoStaleWrite();
            if (!majority) {
                assertThat(answer.text())
                        .contains("LockUnavailableException", "'asked'", "2 of 3 nodes gave no answer, and 2 must");
                assertThat(named(answer))
                        .hasSize(2)
                        .allSatisfy(node -> assertThat(node < count || isSlow(node, answer))
                                .as("node %d is harmed, or did not answer in time: %s", node, answer.text())
                                .isTrue());
                assertNobodyBelievedLongerThanTheTtl(history, harmed);
                assertEverybodyWhoKeptWasTold();
            }
            stalls.unlessLongerThan(TTL.dividedBy(10), () -> {
                if (majority) {
                    assertThat(answer.text()).isEqualTo("GRANTED");
                    assertThat(workers.said().losses()).as("losses").isZero();
                }
                assertThat(answer.time()).isLessThan(COMMAND_TIMEOUT.plus(Stage.SLACK));
                assertThat(workers.said().slowestTelling())
                        .isLessThan(Duration.ofMillis(100).plus(Stage.SLACK));
                assertThat(workers.said().leastValidityAfterwards())
                        .as("left of locks that were taken after it, and renewed")
                        .isGreaterThan(TTL.dividedBy(2));
                assertThat(back).isLessThan(REJOIN.plusMillis(1500).plus(Stage.SLACK));
            });
            nodes.forEach(node -> Leftovers.assertNoneIn(node, TTL));
        }
    }

    /** Those that the answer blames: two that are silent are enough for it, whoever else is. */
    private static List<Integer> named(Answer answer) {
        return IntStream.range(0, cables.size())
                .filter(node -> answer.text().contains(address(node)))
                .boxed()
                .toList();
    }

    private static String address(int node) {
        return "127.0.0.1:" + cables.get(node).port();
    }

    /** On a busy machine a well one may be late, too. */
    private static boolean isSlow(int node, Answer answer) {
        return answer.text().matches(".*" + address(node) + " \\([^;]*did not answer within.*");
    }

    /** No renewal can have succeeded since then: the last of them was sent before. */
    private static void assertNobodyBelievedLongerThanTheTtl(History history, long harmed) {
        assertThat(history.spans())
                .filteredOn(span -> span.from() < harmed)
                .allSatisfy(span -> assertThat(Duration.ofNanos(span.until() - harmed))
                        .as("belief in %s after the harm", span)
                        .isLessThan(TTL.plus(TOLERANCE)));
    }

    private static void assertEverybodyWhoKeptWasTold() {
        int number = 0;
        for (WaiterProcess worker : workers) {
            String key = "kept-" + number++;
            assertThat(worker.testimony().losses().keySet())
                    .extracting(Turn::key)
                    .contains(key);
        }
    }
}
