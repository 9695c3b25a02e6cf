package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.fence.FenceGuard;
import io.distlock.fence.JdbcFenceGuard;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.tools.Server;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.support.TransactionTemplate;

/** A database for several processes that checks the fences of what they write, with the guard of this project. */
final class Ledger implements AutoCloseable {

    private static final AtomicInteger LAST = new AtomicInteger();

    private final Server server;

    private final String url;

    private final JdbcTemplate jdbc;

    private Ledger(Server server) {
        this.server = server;
        this.url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:ledger-" + LAST.incrementAndGet()
                + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000";
        DriverManagerDataSource database = new DriverManagerDataSource(this.url);
        new ResourceDatabasePopulator(new ClassPathResource("io/distlock/fence/schema.sql")).execute(database);
        this.jdbc = new JdbcTemplate(database);
        this.jdbc.execute("create table writes (id bigint generated always as identity, fence bigint not null)");
    }

    static Ledger open() {
        try {
            return new Ledger(Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-ifNotExists")
                    .start());
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
    }

    Setting setting() {
        return Setting.ledger(this.url);
    }

    /** No write was committed after one with a higher fence. */
    void assertNoStaleWrite() {
        List<Long> fences = this.jdbc.queryForList("select fence from writes order by id", Long.class);
        assertThat(fences).as("writes").isNotEmpty().isSorted();
    }

    /** Empties it but for what it knows of fences. */
    void clear() {
        this.jdbc.execute("delete from writes");
    }

    @Override
    public void close() {
        this.server.stop();
    }

    /** Who writes there, over a connection of its own; for one thread. */
    static final class Writer {

        private final JdbcTemplate jdbc;

        private final FenceGuard guard;

        private final TransactionTemplate transaction;

        Writer(String url) {
            SingleConnectionDataSource connection = new SingleConnectionDataSource(url, true);
            this.jdbc = new JdbcTemplate(connection);
            this.guard = new JdbcFenceGuard(this.jdbc);
            this.transaction = new TransactionTemplate(new DataSourceTransactionManager(connection));
        }

        /** @throws io.distlock.fence.StaleFenceException when somebody with a higher fence was here before */
        void write(Lease lease) {
            this.transaction.executeWithoutResult(status -> {
                this.guard.check(lease);
                this.jdbc.update("insert into writes (fence) values (?)", lease.fencingToken());
            });
        }
    }
}
