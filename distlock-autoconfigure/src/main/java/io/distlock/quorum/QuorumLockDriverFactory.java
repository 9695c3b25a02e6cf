package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import io.distlock.driver.Nodes;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes drivers that keep each lock in a majority of independent Redis servers. Public for use without
 * auto-configuration.
 */
public final class QuorumLockDriverFactory implements LockDriverFactory {

    private final Members members;

    /** @param factories asked for the one called {@code redis} when a driver is made */
    public QuorumLockDriverFactory(Supplier<List<LockDriverFactory>> factories) {
        this.members = new Members(factories);
    }

    @Override
    public String name() {
        return "quorum";
    }

    @Override
    public LockDriver create(DriverSettings settings) {
        Nodes nodes = settings.nodes();
        int count = nodes.addresses().size();
        if (count > 0 && count % 2 == 0) {
            throw new IllegalArgumentException("the locker '" + settings.locker() + "' names " + count
                    + " nodes, which bear no more failures than " + (count - 1)
                    + " and fail more often. Name an odd number");
        }
        List<Node> made = this.members.of(settings, nodes.fencing() && count > 1 ? 2 : 1);
        return new QuorumLockDriver(new Voters(made, nodes.fencing() && count > 1, nodes.rejoinAfter()));
    }
}
