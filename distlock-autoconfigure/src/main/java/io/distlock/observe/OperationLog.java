package io.distlock.observe;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Writes a line for every lock that is taken, refused, given back or lost, with its keys and how long that took: to the
 * logger of this class, on level {@code INFO}. Only where an application makes it a bean, since locks may come by the
 * thousand a second.
 */
public final class OperationLog implements LockListener {

    private static final System.Logger LOG = System.getLogger(OperationLog.class.getName());

    @Override
    public void onTaken(LockEvent event) {
        write("taken", event, "fence=" + event.fencingToken() + " waited=" + event.waited());
    }

    @Override
    public void onRefused(LockEvent event, LockNotAcquiredException.Reason reason) {
        write("refused", event, "reason=" + tag(reason) + " waited=" + event.waited());
    }

    @Override
    public void onUnavailable(LockEvent event, LockUnavailableException cause) {
        write("unavailable", event, "waited=" + event.waited() + " cause=" + cause.getMessage());
    }

    @Override
    public void onCancelled(LockEvent event) {
        write("cancelled", event, "waited=" + event.waited());
    }

    @Override
    public void onProceeded(LockEvent event, LockUnavailableException cause) {
        write("done without", event, "waited=" + event.waited() + " cause=" + cause.getMessage());
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        write(
                "released",
                event,
                "outcome=" + tag(outcome) + " fence=" + event.fencingToken() + " held=" + event.held());
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        write(
                "lost",
                event,
                "reason=" + tag(lost.reason()) + " fence=" + event.fencingToken() + " held=" + event.held());
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void write(String what, LockEvent event, String facts) {
        LOG.log(
                Level.INFO,
                () -> "lock " + what + ": locker=" + event.locker() + " name=" + event.name() + " keys=" + event.keys()
                        + " " + facts);
    }
}
