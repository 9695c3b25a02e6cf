package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.subject.Subject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Takes many locks on one thread, keeps them, gives them back and says how many were lost. */
final class HoldJob implements Worker.Job {

    private final List<Subject.Held> held = new ArrayList<>();

    private final Subject subject;

    private final String prefix;

    private final int threadsBefore;

    HoldJob(Subject subject, String prefix, int threadsBefore) {
        this.subject = subject;
        this.prefix = prefix;
        this.threadsBefore = threadsBefore;
    }

    @Override
    public String obey(String order) throws Exception {
        if (order.equals("give")) {
            return Integer.toString(give());
        }
        if (order.equals("threads")) {
            return Integer.toString(ManagementFactory.getThreadMXBean().getThreadCount() - this.threadsBefore);
        }
        int wanted = Integer.parseInt(order.substring("take ".length()));
        while (this.held.size() < wanted) {
            this.held.add(this.subject.acquire(this.prefix + this.held.size()));
        }
        return "ok";
    }

    private int give() throws Exception {
        int lost = 0;
        for (Subject.Held lock : this.held) {
            lost += lock.release() ? 0 : 1;
        }
        this.held.clear();
        return lost;
    }
}
