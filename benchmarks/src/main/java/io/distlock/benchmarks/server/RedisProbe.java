package io.distlock.benchmarks.server;

import java.io.IOException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Redis says of its own work. */
public final class RedisProbe implements AutoCloseable {

    private final Resp connection;

    private long ownCommands;

    public RedisProbe(RedisAddress address) throws IOException {
        this.connection = new Resp(address);
    }

    /**
     * Work done so far.
     *
     * @param commands executed, those inside scripts included, ours not
     * @param cpuSeconds of the process, user and system
     */
    public record Work(long commands, double cpuSeconds) {

        public Work since(Work before) {
            return new Work(this.commands - before.commands, this.cpuSeconds - before.cpuSeconds);
        }
    }

    public Work read() throws IOException {
        String cpu = info("cpu");
        double seconds = number(cpu, "used_cpu_sys") + number(cpu, "used_cpu_user");
        String stats = info("stats");
        long commands = (long) number(stats, "total_commands_processed") - this.ownCommands + 1;
        return new Work(commands, seconds);
    }

    /**
     * Questions asked by script so far: for distlock, which asks nothing else, its requests on the wire.
     *
     * @param seconds of the server's time within them
     */
    public record Questions(long count, double seconds) {

        public Questions since(Questions before) {
            return new Questions(this.count - before.count, this.seconds - before.seconds);
        }
    }

    public Questions questions() throws IOException {
        Matcher found = Pattern.compile("(?m)^cmdstat_eval(?:sha)?:calls=(\\d+),usec=(\\d+)")
                .matcher(info("commandstats"));
        long count = 0;
        long micros = 0;
        while (found.find()) {
            count += Long.parseLong(found.group(1));
            micros += Long.parseLong(found.group(2));
        }
        return new Questions(count, micros / 1e6);
    }

    /** Bytes that the server has allocated. */
    public long memory() throws IOException {
        return (long) number(info("memory"), "used_memory");
    }

    public String version() throws IOException {
        String server = info("server");
        Matcher valkey = Pattern.compile("valkey_version:(\\S+)").matcher(server);
        return valkey.find() ? "Valkey " + valkey.group(1) : "Redis " + text(server, "redis_version");
    }

    /** How many keys there are below a prefix, without those of which the name contains {@code except}. */
    public long keys(String prefix, String except) throws IOException {
        this.ownCommands++;
        Object script = this.connection.call(
                "EVAL",
                "local n = 0 for _, key in ipairs(redis.call('keys', ARGV[1] .. '*')) do "
                        + "if not string.find(key, ARGV[2], 1, true) then n = n + 1 end end return n",
                "0",
                prefix,
                except);
        this.ownCommands++;
        return (Long) Objects.requireNonNull(script);
    }

    private String info(String section) throws IOException {
        this.ownCommands++;
        return (String) Objects.requireNonNull(this.connection.call("INFO", section));
    }

    private static double number(String info, String name) {
        return Double.parseDouble(text(info, name));
    }

    private static String text(String info, String name) {
        Matcher found = Pattern.compile("(?m)^" + name + ":(\\S+)").matcher(info);
        if (!found.find()) {
            throw new IllegalStateException("Redis does not say " + name);
        }
        return found.group(1);
    }

    @Override
    public void close() throws IOException {
        this.connection.close();
    }
}
