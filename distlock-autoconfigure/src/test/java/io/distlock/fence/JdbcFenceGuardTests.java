package io.distlock.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

class JdbcFenceGuardTests {

    private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder()
            .generateUniqueName(true)
            .setType(EmbeddedDatabaseType.H2)
            .addScript("io/distlock/fence/schema.sql")
            .build();

    private final JdbcTemplate jdbc = new JdbcTemplate(this.database);

    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(this.database));

    private final FenceGuard guard = new JdbcFenceGuard(this.jdbc);

    @AfterEach
    void close() {
        this.database.shutdown();
    }

    private void check(String resource, long fence) {
        this.transaction.executeWithoutResult(status -> this.guard.check(resource, fence));
    }

    private List<Long> remembered() {
        return this.jdbc.queryForList("select fence from distlock_fence", Long.class);
    }

    @Test
    void acceptsGrowingFencesAndTheSameOneAgain() {
        check("seat", 5);
        check("seat", 5);
        check("seat", 6);
        assertThat(remembered()).containsExactly(6L);
    }

    @Test
    void refusesALowerFenceAndSaysWhatToDo() {
        check("seat", 6);
        assertThatExceptionOfType(StaleFenceException.class)
                .isThrownBy(() -> check("seat", 5))
                .withMessageContainingAll("'seat'", "5", "new lease")
                .satisfies(stale -> assertThat(stale.fence()).isEqualTo(5))
                .satisfies(stale -> assertThat(stale.resource()).isEqualTo("seat"));
        assertThat(remembered()).containsExactly(6L);
    }

    @Test
    void resourcesDoNotKnowEachOther() {
        check("seat", 6);
        assertThatNoException().isThrownBy(() -> check("order", 5));
    }

    @Test
    void aTransactionThatIsRolledBackLeavesNoFence() {
        check("seat", 5);
        this.transaction.executeWithoutResult(status -> {
            this.guard.check("seat", 9);
            status.setRollbackOnly();
        });
        assertThatNoException().isThrownBy(() -> check("seat", 7));
    }

    @Test
    void aLowerFenceThatComesWhileAHigherIsBeingWrittenWaitsAndIsRefused() throws Exception {
        check("seat", 1);
        CountDownLatch checked = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Void> higher =
                CompletableFuture.runAsync(() -> this.transaction.executeWithoutResult(status -> {
                    this.guard.check("seat", 9);
                    checked.countDown();
                    await(mayEnd);
                }));
        await(checked);
        CompletableFuture<Void> lower = CompletableFuture.runAsync(() -> check("seat", 5));
        assertThat(lower).isNotDone();
        mayEnd.countDown();
        higher.join();
        assertThat(lower)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(StaleFenceException.class);
    }

    @Test
    void manyWhoComeFirstAtOnceAreTakenInTurn() {
        CompletableFuture<?>[] all = IntStream.rangeClosed(1, 20)
                .mapToObj(fence -> CompletableFuture.runAsync(() -> {
                    try {
                        check("seat", fence);
                    } catch (StaleFenceException overtaken) {
                        assertThat(overtaken.fence()).isLessThan(20);
                    }
                }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).join();
        assertThat(remembered()).containsExactly(20L);
    }

    /** Who comes between the question whether a resource is known and the row for it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoWhoComeFirstAtOnceAreBothServedWhateverAnErrorDoesToATransaction(boolean aborting) {
        DataSource inMemory = new DriverManagerDataSource("jdbc:h2:mem:first-" + aborting
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1");
        DataSource database = aborting ? new AbortingTransactions(inMemory) : inMemory;
        new ResourceDatabasePopulator(new ClassPathResource("io/distlock/fence/schema.sql")).execute(database);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(database));
        FenceGuard quick = new JdbcFenceGuard(new JdbcTemplate(database));
        AtomicBoolean overtaken = new AtomicBoolean();
        FenceGuard slow = new JdbcFenceGuard(new JdbcTemplate(database) {
            @Override
            public int update(String sql, Object... arguments) {
                if (sql.startsWith("insert") && overtaken.compareAndSet(false, true)) {
                    CompletableFuture.runAsync(
                                    () -> transactions.executeWithoutResult(status -> quick.check("seat", 3)))
                            .join();
                }
                return super.update(sql, arguments);
            }
        });
        transactions.executeWithoutResult(status -> slow.check("seat", 5));
        assertThat(overtaken).isTrue();
        assertThat(new JdbcTemplate(database).queryForList("select fence from distlock_fence", Long.class))
                .containsExactly(5L);
        assertThatExceptionOfType(StaleFenceException.class)
                .isThrownBy(() -> transactions.executeWithoutResult(status -> slow.check("seat", 4)));
        new JdbcTemplate(database).execute("shutdown");
    }

    @Test
    void outsideOfATransactionItCannotProtectAnythingAndSaysSo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> this.guard.check("seat", 5))
                .withMessageContainingAll("'seat'", "@Transactional");
        assertThat(remembered()).isEmpty();
    }

    @Test
    void aNameThatDoesNotFitTheTableIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check("x".repeat(256), 5))
                .withMessageContaining("255");
        assertThatNoException().isThrownBy(() -> check("x".repeat(255), 5));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
