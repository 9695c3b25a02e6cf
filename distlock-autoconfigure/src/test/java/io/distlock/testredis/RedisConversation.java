package io.distlock.testredis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks plain RESP2, for what a test wants to see or do behind the library's back.
 * <p>For one thread. A reply is a {@code String}, a {@code Long}, a {@code List} of these or null; an error reply is
 * thrown as {@link IllegalStateException} with Redis's own words. An answer that does not come within the patience
 * (10 s unless set) is an {@link UncheckedIOException}.
 */
public final class RedisConversation implements AutoCloseable {

    private final Socket socket;

    private final InputStream in;

    private RedisConversation(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RedisConversation with(String host, int port) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), 2000);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            return new RedisConversation(socket);
        } catch (IOException ex) {
            close(socket);
            throw new UncheckedIOException("No connection to " + host + ":" + port, ex);
        }
    }

    public RedisConversation patience(Duration patience) {
        try {
            this.socket.setSoTimeout((int) patience.toMillis());
            return this;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public @Nullable Object call(String... command) {
        send(command);
        return read();
    }

    /** Sends without waiting for the answer, as a pipeline does. */
    public void send(String... command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.UTF_8));
        for (String part : command) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(bytes);
            out.writeBytes(new byte[] {'\r', '\n'});
        }
        try {
            this.socket.getOutputStream().write(out.toByteArray());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The next reply or, after SUBSCRIBE or MONITOR, the next message. */
    public @Nullable Object read() {
        try {
            return readReply();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        close(this.socket);
    }

    private @Nullable Object readReply() throws IOException {
        String line = readLine();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return rest;
            case '-':
                throw new IllegalStateException(rest);
            case ':':
                return Long.valueOf(rest);
            case '$':
                return readText(Integer.parseInt(rest));
            case '*':
                return readList(Integer.parseInt(rest));
            default:
                throw new IOException("Not RESP2: " + line);
        }
    }

    private @Nullable String readText(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = this.in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        readLine();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private @Nullable List<@Nullable Object> readList(int size) throws IOException {
        if (size < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(readReply());
        }
        return list;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = this.in.read(); b != '\r'; b = this.in.read()) {
            if (b < 0) {
                throw new EOFException("The server closed the connection");
            }
            line.write(b);
        }
        this.in.read(); // the line feed
        return line.toString(StandardCharsets.UTF_8);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
