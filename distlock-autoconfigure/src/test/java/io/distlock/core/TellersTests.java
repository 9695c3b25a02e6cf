package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever does something with an event is told of it, wherever its class has that from. */
class TellersTests {

    private final List<String> heard = new ArrayList<>();

    private final Tellers tellers =
            new Tellers("test", List.of(new Inherits(), new Implements(), new LossesAlone()), null);

    @AfterEach
    void close() {
        this.tellers.close();
    }

    @Test
    void whatIsInheritedIsHeardToo() {
        this.tellers.asked(demand(), "k");
        assertThat(this.heard).containsExactly("by a class", "by an interface");
    }

    /** Whose class does not show it. */
    @Test
    void aMockHearsAll() {
        LockListener mock = mock(LockListener.class);
        Tellers telling = new Tellers("test", List.of(mock), null);
        telling.asked(demand(), "k");
        verify(mock).onAsked(any());
        telling.close();
    }

    private static Demand demand() {
        return Demand.of(
                LockRequest.of("k"),
                Terms.of(LockRequest.of("k"), Duration.ofSeconds(1), LockerSettings.defaults()),
                new Details(new Instance("", ""), Map.of(), null));
    }

    private class Hears implements LockListener {

        @Override
        public void onAsked(LockEvent event) {
            TellersTests.this.heard.add("by a class");
        }
    }

    private final class Inherits extends Hears {}

    private interface HearsByDefault extends LockListener {

        List<String> heard();

        @Override
        default void onAsked(LockEvent event) {
            heard().add("by an interface");
        }
    }

    private final class Implements implements HearsByDefault {

        @Override
        public List<String> heard() {
            return TellersTests.this.heard;
        }
    }

    private static final class LossesAlone implements LockListener {}
}
