package io.distlock.quorum;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** What a class says in the log, as long as somebody listens. */
final class Words extends StreamHandler {

    private final Logger logger;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private Words(Logger logger) {
        this.logger = logger;
    }

    static Words of(Class<?> speaker) {
        Words words = new Words(Logger.getLogger(speaker.getName()));
        words.logger.addHandler(words);
        return words;
    }

    @Override
    public void publish(LogRecord record) {
        this.heard.add(record.getMessage());
    }

    List<String> heard() {
        return this.heard;
    }

    /** All that was said until now. */
    List<String> end() {
        this.logger.removeHandler(this);
        return List.copyOf(this.heard);
    }
}
