package io.distlock.sample;

import io.distlock.Lease;
import io.distlock.Locker;
import io.distlock.annotation.DistributedLock;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.util.Assert;

/** What README.md shows, word for word, so that it compiles. */
final class ReadmeExample {

    private ReadmeExample() {}

    @Service
    static class OrderService {

        private final Locker locker;

        private final JdbcTemplate jdbc;

        OrderService(Locker locker, JdbcTemplate jdbc) {
            this.locker = locker;
            this.jdbc = jdbc;
        }

        @DistributedLock(key = "order:#{#id}", ttl = "30s", waitFor = "5s")
        public void pay(long id) {
            // one call per order at a time, whichever instance it comes to
        }

        void ship(long id) {
            try (Lease lease = this.locker.acquire("order:" + id)) {
                markShipped(id, lease.fencingToken());
            }
        }

        void markShipped(long id, long fence) {
            String sql = "update orders set shipped = true, fence = ? where id = ? and fence <= ?";
            int updated = this.jdbc.update(sql, fence, id, fence);
            Assert.state(updated == 1, "Order " + id + " is unknown, or somebody newer was here");
        }
    }
}
