package io.distlock.docs;

import io.distlock.Lease;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockMode;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.annotation.DistributedLock;
import io.distlock.annotation.WhenBusy;
import io.distlock.driver.LockDriverFactory;
import io.distlock.memory.MemoryLockDriverFactory;
import io.distlock.observe.OperationLog;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** What the pages show, word for word, so that it compiles. */
final class PagesExample {

    private PagesExample() {}

    /** docs/annotation.md */
    static class Shop {

        @Cacheable("prices")
        @DistributedLock(key = "price:#{#id}", condition = "@cacheManager.getCache('prices').get(#id) == null")
        public BigDecimal price(long id) {
            return BigDecimal.ONE;
        }

        @Scheduled(cron = "0 0 3 * * *")
        @DistributedLock(key = "nightly", waitFor = "0s", whenBusy = WhenBusy.SKIP, holdAtLeast = "5m")
        public void nightly() {}
    }

    /** docs/annotation.md */
    abstract static class Exchange {

        private volatile Rates last = new Rates();

        @DistributedLock(key = "rates", waitFor = "1s", fallback = "lastRates")
        public Rates rates(String bank) {
            return this.last = fetch(bank);
        }

        Rates lastRates(String bank, LockNotAcquiredException busy) {
            return this.last;
        }

        abstract Rates fetch(String bank);

        record Rates() {}
    }

    /** docs/annotation.md */
    static class Stockroom {

        private final Stocks stocks;

        private final Supplier supplier;

        Stockroom(Stocks stocks, Supplier supplier) {
            this.stocks = stocks;
            this.supplier = supplier;
        }

        @DistributedLock(key = "stock:#{#id}", mode = LockMode.SHARED)
        public Stock read(long id) {
            return this.stocks.load(id);
        }

        @DistributedLock(key = "stock:#{#id}")
        public void restock(long id, int more) {
            this.stocks.save(id, read(id).plus(more));
        }

        @DistributedLock(key = "supplier", permits = 3)
        public void order(long id) {
            this.supplier.order(id);
        }

        record Stock(int items) {

            Stock plus(int more) {
                return new Stock(this.items + more);
            }
        }

        interface Stocks {

            Stock load(long id);

            void save(long id, Stock stock);
        }

        interface Supplier {

            void order(long id);
        }
    }

    /** docs/lockers.md */
    static class Nightly {

        private final Locker jobs;

        private final Locker locker;

        private final Locker reports;

        Nightly(@Qualifier("jobs") Locker jobs, Locker locker, Lockers lockers) {
            this.jobs = jobs;
            this.locker = locker; // the default one
            this.reports = lockers.get("jobs"); // Lockers is a bean too
        }

        @DistributedLock(key = "nightly", locker = "jobs")
        public void run() {
            this.jobs.run("a", lease -> this.locker.run("b", inner -> this.reports.inspect("c")));
        }
    }

    /** docs/drivers-memory.md */
    static LockDriverFactory memory() {
        AtomicLong now = new AtomicLong();
        LockDriverFactory drivers = new MemoryLockDriverFactory(now::get);
        return drivers;
    }

    /** docs/exceptions.md */
    static class Answers {

        @ExceptionHandler
        ProblemDetail busy(LockNotAcquiredException busy) {
            return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "Somebody else is at it, try again");
        }

        @ExceptionHandler
        ProblemDetail unavailable(LockUnavailableException away) {
            return ProblemDetail.forStatusAndDetail(
                    HttpStatus.SERVICE_UNAVAILABLE, "Locking is unavailable at the moment");
        }

        @ExceptionHandler
        ProblemDetail lost(LockLostException lost) {
            return ProblemDetail.forStatusAndDetail(
                    HttpStatus.INTERNAL_SERVER_ERROR, "The outcome is unknown; check before you retry");
        }
    }

    /** docs/exceptions.md */
    static class Audit implements LockListener {

        @Override
        public void onLost(LockLost lost) {
            write(lost.keys(), lost.fencingToken(), lost.reason());
        }

        @EventListener
        void on(LockLost lost) {
            write(lost.keys(), lost.fencingToken(), lost.reason());
        }

        private void write(Object... facts) {}
    }

    /** docs/guarantees.md */
    static class LongWork {

        private final Locker locker;

        LongWork(Locker locker) {
            this.locker = locker;
        }

        void importAll(Iterable<String> files) {
            try (Lease lease = this.locker.acquire(LockRequest.of("import"))) {
                for (String file : files) {
                    lease.ensureHeld();
                    load(file, lease.fencingToken());
                }
            }
        }

        private void load(String file, long fence) {}
    }

    /** docs/observing.md */
    static class Logging {

        @Bean
        OperationLog operationLog() {
            return new OperationLog();
        }
    }
}
