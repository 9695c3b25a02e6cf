package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Calls whose work goes on after they returned. No thread waits for the lock: the method runs, on a thread of this room,
 * when it is granted. A call made by such a method while it runs enters its lease again and shares it; one made by a
 * method that ends when it returns does not, since it could outlive that lease.
 */
final class FutureCalls {

    private final Map<Lease, SharedHold> holds = new ConcurrentHashMap<>();

    private final Executor threads;

    FutureCalls() {
        CustomizableThreadFactory daemons = new CustomizableThreadFactory("distlock-call-");
        daemons.setDaemon(true);
        this.threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons);
    }

    @Nullable
    Object run(LockOperation operation, Call call) throws Throwable {
        if (!operation.wants(call)) {
            return call.proceed();
        }
        LockRequest request = operation.bind(call);
        List<SharedHold> entered = operation.reentrant() ? enter(operation, request) : List.of();
        LockedFuture future = new LockedFuture(this, operation, call, entered);
        List<String> missing = request.keys().stream()
                .filter(key ->
                        entered.stream().noneMatch(hold -> hold.lease().keys().contains(key)))
                .toList();
        if (missing.isEmpty()) {
            return future.start(entered.get(0).lease());
        }
        LockRequest asked = entered.isEmpty() ? request : operation.bind(missing);
        return future.start(operation.locker().get().acquireAsync(asked));
    }

    /** Every hold that the running call shares. */
    private List<SharedHold> enter(LockOperation operation, LockRequest request) {
        List<SharedHold> entered = new ArrayList<>();
        for (String key : request.keys()) {
            SharedHold hold = LeaseScope.holding(key, operation.locker().name())
                    .map(this.holds::get)
                    .orElse(null);
            if (hold != null && Reentry.serves(hold.lease(), key, request) && !entered.contains(hold) && hold.enter()) {
                entered.add(hold);
            }
        }
        return entered;
    }

    SharedHold share(Lease lease) {
        SharedHold hold = new SharedHold(lease);
        this.holds.put(lease, hold);
        return hold;
    }

    void leave(SharedHold hold) {
        if (hold.leave()) {
            this.holds.remove(hold.lease());
            hold.lease().release();
        }
    }

    Executor threads() {
        return this.threads;
    }
}
