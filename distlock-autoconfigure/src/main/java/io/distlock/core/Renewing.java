package io.distlock.core;

import io.distlock.driver.LockDriver;
import io.distlock.driver.Ownership;
import io.distlock.driver.Renewal;
import io.distlock.driver.RenewalAnswers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renewals that go out together. Their validity counts from before they were sent. */
final class Renewing implements RenewalAnswers {

    private final KeepAlive keepAlive;

    private final List<Holding> holdings = new ArrayList<>();

    private Duration[] ttls = {};

    private int[] epochs = {};

    private long sent;

    /** When the first of them was meant to be sent. */
    private long planned;

    Renewing(KeepAlive keepAlive) {
        this.keepAlive = keepAlive;
    }

    void add(Holding holding, long planned) {
        boolean first = this.holdings.isEmpty();
        this.planned = first || planned - this.planned < 0 ? planned : this.planned;
        this.holdings.add(holding);
    }

    boolean isEmpty() {
        return this.holdings.isEmpty();
    }

    int size() {
        return this.holdings.size();
    }

    Duration lag() {
        return Duration.ofNanos(System.nanoTime() - this.planned);
    }

    /** Once, and nothing is added any more. */
    void send(LockDriver driver, Duration grace) {
        int count = this.holdings.size();
        this.ttls = new Duration[count];
        this.epochs = new int[count];
        List<Renewal> renewals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Holding holding = this.holdings.get(i);
            holding.renewing();
            // the epoch first: who changes the ttl does so before the epoch
            this.epochs[i] = holding.epoch();
            this.ttls[i] = holding.ttl();
            renewals.add(holding.renewal(this.ttls[i].plus(grace)));
        }
        this.sent = System.nanoTime();
        driver.renew(renewals, this);
    }

    @Override
    public void answered(int index, @Nullable Ownership found, @Nullable Throwable failure) {
        this.keepAlive.answered(
                this.holdings.get(index), this.sent, this.ttls[index], this.epochs[index], found, failure);
    }
}
