package io.distlock.testredis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A way to a Redis that can be cut, held up, slowed down and forgotten, as networks do it. Any thread may. */
public final class Cable implements TestRedis, AutoCloseable {

    private static final long LOOK_AGAIN = 2_000_000;

    private static final Parcel END = new Parcel(new byte[0], 0);

    private final TestRedis redis;

    private final ServerSocket door;

    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    private volatile long delay;

    private volatile boolean heldUp;

    private volatile boolean repliesLost;

    private volatile boolean answersLost;

    private volatile boolean severed;

    private Cable(TestRedis redis) throws IOException {
        this.redis = redis;
        this.door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("cable", this::takeConnections);
    }

    public static Cable to(TestRedis redis) {
        try {
            return new Cable(redis);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return this.door.getLocalPort();
    }

    /** Resets every connection; new ones are taken at once. */
    public void cut() {
        this.connections.forEach(Connection::close);
    }

    /** Resets every connection, and takes none until {@link #heal()}. */
    public void sever() {
        this.severed = true;
        cut();
    }

    /** Nothing gets through until {@link #heal()}, and then all of it, late. */
    public void holdUp() {
        this.heldUp = true;
    }

    /** What is asked arrives, what is answered does not; the connections end with {@link #heal()}. */
    public void loseReplies() {
        this.repliesLost = true;
    }

    /** As {@link #loseReplies()}, but who has subscribed goes on hearing messages. */
    public void loseAnswers() {
        this.answersLost = true;
    }

    /** Resets the connections of those who have not subscribed; new ones are taken at once. */
    public void cutCommands() {
        this.connections.stream().filter(connection -> !connection.listens).forEach(Connection::close);
    }

    /** Everything takes so much longer, each way. */
    public void delay(long millis) {
        this.delay = millis * 1_000_000;
    }

    /** The connections that are open now carry nothing any more, and nobody is told. New ones work. */
    public void forget() {
        this.connections.forEach(connection -> connection.forgotten = true);
    }

    /** How many are open, as far as either end has said. */
    public int connections() {
        return this.connections.size();
    }

    public void heal() {
        if (this.repliesLost) {
            this.repliesLost = false;
            cut();
        }
        if (this.answersLost) {
            this.answersLost = false;
            cutCommands();
        }
        this.severed = false;
        this.heldUp = false;
        this.delay = 0;
    }

    @Override
    public void close() {
        try {
            this.door.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        cut();
    }

    private void takeConnections() {
        try {
            while (true) {
                Socket client = this.door.accept();
                try {
                    Connection next = new Connection(client, new Socket(this.redis.host(), this.redis.port()));
                    this.connections.add(next);
                    if (this.severed || client.isClosed()) {
                        next.close();
                    }
                } catch (IOException away) {
                    client.close();
                }
            }
        } catch (IOException closed) {
            cut();
        }
    }

    /** @param due on {@link System#nanoTime()} */
    private record Parcel(byte[] bytes, long due) {}

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private final class Connection {

        private final Socket client;

        private final Socket server;

        private volatile boolean forgotten;

        private volatile boolean listens;

        Connection(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start("cable-from", () -> carry(client, server, false));
            start("cable-to", () -> carry(server, client, true));
        }

        private void carry(Socket from, Socket to, boolean replies) {
            BlockingQueue<Parcel> underWay = new LinkedBlockingQueue<>();
            start(replies ? "cable-back" : "cable-there", () -> deliver(underWay, to, replies));
            byte[] bytes = new byte[65_536];
            try {
                InputStream in = from.getInputStream();
                for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                    this.listens |= !replies && new String(bytes, 0, read, ISO_8859_1).contains("SUBSCRIBE");
                    underWay.add(new Parcel(Arrays.copyOf(bytes, read), System.nanoTime() + Cable.this.delay));
                }
            } catch (IOException ended) {
                // as connections do
            } finally {
                close();
                underWay.add(END);
            }
        }

        private void deliver(BlockingQueue<Parcel> underWay, Socket to, boolean replies) {
            try {
                OutputStream out = to.getOutputStream();
                for (Parcel next = underWay.take(); next != END; next = underWay.take()) {
                    for (long early = next.due - System.nanoTime(); early > 0; early = next.due - System.nanoTime()) {
                        LockSupport.parkNanos(early);
                    }
                    while (Cable.this.heldUp && !to.isClosed()) {
                        LockSupport.parkNanos(LOOK_AGAIN);
                    }
                    boolean lost = Cable.this.repliesLost || Cable.this.answersLost && !this.listens;
                    if (!this.forgotten && !(replies && lost)) {
                        out.write(next.bytes);
                    }
                }
            } catch (IOException ended) {
                close();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        private void close() {
            Cable.this.connections.remove(this);
            try {
                this.client.close();
                this.server.close();
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
    }
}
