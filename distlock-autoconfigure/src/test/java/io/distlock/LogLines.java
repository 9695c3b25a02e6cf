package io.distlock;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * What distlock logs above DEBUG while this is open, in the JDK's log, which is all that its core knows, and in Spring's; only
 * lines with one word, since other tests may have left somebody behind who complains.
 */
public final class LogLines implements AutoCloseable {

    private static final String ALL = "io.distlock";

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final Logger jdk = Logger.getLogger(ALL);

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            note(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final ch.qos.logback.classic.Logger spring = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(ALL);

    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
            note(line.getFormattedMessage());
        }
    };

    private final String word;

    private LogLines(String word) {
        this.word = word;
        this.jdk.addHandler(this.handler);
        // an application of another test may have led the JDK's log to Spring's, where each line would be heard once
        // more
        this.jdk.setUseParentHandlers(false);
        this.appender.setContext(this.spring.getLoggerContext());
        this.appender.start();
        this.spring.addAppender(this.appender);
    }

    public static LogLines with(String word) {
        return new LogLines(word);
    }

    private void note(String line) {
        if (line.contains(this.word)) {
            this.lines.add(line);
        }
    }

    public List<String> all() {
        return List.copyOf(this.lines);
    }

    @Override
    public void close() {
        this.jdk.setUseParentHandlers(true);
        this.jdk.removeHandler(this.handler);
        this.spring.detachAppender(this.appender);
    }
}
