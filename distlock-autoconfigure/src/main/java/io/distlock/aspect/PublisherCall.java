package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockException;
import io.distlock.LockLostException;
import io.distlock.LockRequest;
import java.util.List;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * A call that gives a publisher. Each subscription runs the method under a lock of its own, which is given back when the
 * subscription ends, in whichever way. No subscribing thread waits: the method runs on a thread that may block when the
 * lock is granted. A subscription that is made under the same lock, as its Reactor context tells, goes through.
 */
final class PublisherCall {

    private final LockOperation operation;

    private final Call call;

    private final ReactiveAdapter adapter;

    PublisherCall(LockOperation operation, Call call) {
        this.operation = operation;
        this.call = call;
        Class<?> type = operation.annotated().method().getReturnType();
        ReactiveAdapter known = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
        if (known == null) {
            throw new IllegalStateException("There is no adapter for " + type);
        }
        this.adapter = known;
    }

    Object publisher() {
        Flux<Object> locked = Flux.deferContextual(this::subscription);
        return this.adapter.fromPublisher(this.adapter.isMultiValue() ? locked : locked.singleOrEmpty());
    }

    private Publisher<Object> subscription(ContextView context) {
        if (!this.operation.wants(this.call)) {
            return body(HeldLeases.in(context));
        }
        LockRequest request = this.operation.bind(this.call);
        HeldLeases held = this.operation.reentrant() ? HeldLeases.in(context) : HeldLeases.NONE;
        String locker = this.operation.locker().name();
        held.ensureHeld(request.keys(), locker);
        List<String> missing = held.missing(request, locker);
        if (missing.isEmpty()) {
            return body(held);
        }
        LockRequest asked = missing.size() == request.keys().size() ? request : this.operation.bind(missing);
        return Flux.usingWhen(lease(asked), lease -> under(lease, held), PublisherCall::release)
                .onErrorResume(NotGranted.class, this::notGranted);
    }

    /** A lease that nobody takes any more, because the subscription ended when it was granted, is given back. */
    private Mono<Lease> lease(LockRequest request) {
        return Mono.fromFuture(() -> this.operation.locker().get().acquireAsync(request))
                .onErrorMap(LockException.class, NotGranted::new)
                .publishOn(Schedulers.boundedElastic())
                .doOnDiscard(Lease.class, lease -> release(lease).subscribe());
    }

    private Flux<Object> under(Lease lease, HeldLeases outer) {
        HeldLease mine = this.operation.held(lease);
        HeldLeases held = outer.and(mine);
        Flux<Object> work = Flux.defer(() -> body(held)).contextWrite(held::into);
        return switch (this.operation.terms().whenLost()) {
            case INTERRUPT -> heldToTheEnd(mine, work.takeUntilOther(loss(lease)));
            case FAIL -> heldToTheEnd(mine, work);
            case REPORT -> work;
        };
    }

    /** The work's own error wins. */
    private static Flux<Object> heldToTheEnd(HeldLease held, Flux<Object> work) {
        return work.concatWith(Mono.defer(() -> ended(held.lease()))).doOnError(failure -> {
            LockLostException loss = held.apparentLoss();
            if (loss != null && !(failure instanceof LockLostException)) {
                failure.addSuppressed(loss);
            }
        });
    }

    /** Where that is in doubt the store is asked, on a thread that may wait. */
    private static Mono<Object> ended(Lease lease) {
        return lease.isHeld()
                ? Mono.empty()
                : Mono.fromRunnable(() -> LeaseScope.ensureHeld(lease)).subscribeOn(Schedulers.boundedElastic());
    }

    /** Completes, since only that cancels the work; that the lock was lost is found out at the end. */
    private static Mono<Object> loss(Lease lease) {
        return Mono.create(sink -> lease.onLost(loss -> sink.success()));
    }

    private static Mono<Void> release(Lease lease) {
        return Mono.<Void>fromRunnable(lease::release).subscribeOn(Schedulers.boundedElastic());
    }

    private Publisher<Object> notGranted(NotGranted failure) {
        try {
            return this.adapter.toPublisher(this.operation.without(this.call, failure.reason));
        } catch (Throwable thrown) {
            return Mono.error(thrown);
        }
    }

    private Publisher<Object> body(HeldLeases held) {
        try (LeaseScopes scopes = new LeaseScopes(held.leases())) {
            return this.adapter.toPublisher(this.call.proceed());
        } catch (Throwable thrown) {
            return Mono.error(thrown);
        }
    }

    /** Tells a failure to get this lock from one that the work ends with. */
    private static final class NotGranted extends RuntimeException {

        private final LockException reason;

        NotGranted(LockException reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
