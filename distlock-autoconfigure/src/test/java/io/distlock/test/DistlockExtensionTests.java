package io.distlock.test;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.LockNotAcquiredException;
import io.distlock.Locker;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DistlockExtension.class)
class DistlockExtensionTests {

    private static final Set<TestLocks> EARLIER = new HashSet<>();

    private TestLocks before;

    @BeforeEach
    void sameLocksInOneTest(TestLocks locks) {
        this.before = locks;
    }

    @RepeatedTest(2)
    void eachTestHasLocksOfItsOwn(Locker locker, TestLocks locks) {
        assertThat(locks).isSameAs(this.before).wasNeverLocked();
        assertThat(locker).isSameAs(locks.locker());
        assertThat(EARLIER).allSatisfy(DistlockExtensionTests::isClosed);
        assertThat(EARLIER.add(locks)).isTrue();
        locker.acquire("left:behind");
        assertThat(locks).wasLockedWith("left:behind");
    }

    @AfterAll
    static void theLastOneIsClosedToo() {
        assertThat(EARLIER).hasSize(2).allSatisfy(DistlockExtensionTests::isClosed);
    }

    private static void isClosed(TestLocks locks) {
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> locks.locker().acquire("any"))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.CLOSED));
    }
}
