package io.distlock.redis;

import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.List;

/** What renew.lua is given for many holds of one server. */
record RenewalCall(List<Renewal> renewals, String retention) {

    String[] keys() {
        String[] keys = new String[2 * this.renewals.size()];
        for (int i = 0; i < this.renewals.size(); i++) {
            RedisKeys named = RedisKeys.of(this.renewals.get(i).hold().key());
            keys[2 * i] = named.lock();
            keys[2 * i + 1] = named.record();
        }
        return keys;
    }

    String firstKey() {
        return this.renewals.get(0).hold().key().full();
    }

    String[] arguments() {
        Arguments arguments = new Arguments(1 + Arguments.RENEWAL * this.renewals.size()).add(this.retention);
        this.renewals.forEach(arguments::add);
        return arguments.array();
    }

    Duration shortestTtl() {
        Duration shortest = this.renewals.get(0).ttl();
        for (Renewal renewal : this.renewals) {
            shortest = renewal.ttl().compareTo(shortest) < 0 ? renewal.ttl() : shortest;
        }
        return shortest;
    }
}
