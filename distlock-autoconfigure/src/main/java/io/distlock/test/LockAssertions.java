package io.distlock.test;

/** Where assertions about locks begin; they stand beside AssertJ's own {@code assertThat}. */
public final class LockAssertions {

    private LockAssertions() {}

    /** About what the application locked. */
    public static TestLocksAssert assertThat(TestLocks actual) {
        return new TestLocksAssert(actual);
    }

    /** About a piece of work that was watched. */
    public static SectionAssert assertThat(Section actual) {
        return new SectionAssert(actual);
    }
}
