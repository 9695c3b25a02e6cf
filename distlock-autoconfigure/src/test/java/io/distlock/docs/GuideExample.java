package io.distlock.docs;

import com.example.Accounts;
import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import java.time.Duration;
import java.util.Optional;

/** The rest of docs/guide.md, so that it compiles. */
final class GuideExample {

    private final Locker locker;

    private final Accounts accounts;

    GuideExample(Locker locker, Accounts accounts) {
        this.locker = locker;
        this.accounts = accounts;
    }

    void deposit(String owner, int amount) {
        this.locker.run("account:" + owner, lease -> this.accounts.deposit(owner, amount));
    }

    void report() {
        Optional<Lease> attempt =
                this.locker.tryAcquire(LockRequest.of("report").waitFor(Duration.ZERO));
        attempt.ifPresent(lease -> {
            try (lease) {
                writeReport();
            }
        });
    }

    private void writeReport() {}
}
