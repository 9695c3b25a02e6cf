package io.distlock.benchmarks.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The least that speaks to Redis: one blocking socket, one thread at a time. */
public final class Resp implements AutoCloseable {

    private final Socket socket = new Socket();

    private final InputStream in;

    private final OutputStream out;

    public Resp(RedisAddress address) throws IOException {
        this.socket.setTcpNoDelay(true);
        this.socket.connect(new InetSocketAddress(address.host(), address.port()), 5000);
        this.in = new BufferedInputStream(this.socket.getInputStream(), 8192);
        this.out = this.socket.getOutputStream();
    }

    /** Text, a {@code Long}, a list, or null. */
    public @Nullable Object call(String... words) throws IOException {
        this.out.write(command(words));
        return answer();
    }

    /** Sends all at once and reads the answers, of which an error is thrown. */
    public void pipeline(List<String[]> commands) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(1 << 16);
        for (String[] words : commands) {
            all.writeBytes(command(words));
        }
        this.out.write(all.toByteArray());
        for (int i = 0; i < commands.size(); i++) {
            answer();
        }
    }

    private static byte[] command(String... words) {
        ByteArrayOutputStream command = new ByteArrayOutputStream(128);
        command.writeBytes(bytes("*" + words.length + "\r\n"));
        for (String word : words) {
            byte[] text = bytes(word);
            command.writeBytes(bytes("$" + text.length + "\r\n"));
            command.writeBytes(text);
            command.writeBytes(bytes("\r\n"));
        }
        return command.toByteArray();
    }

    /** The next answer; for MONITOR and SUBSCRIBE, which give one after the other. */
    public @Nullable Object answer() throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return rest;
            case ':':
                return Long.valueOf(rest);
            case '$':
                return text(Integer.parseInt(rest));
            case '*':
                return list(Integer.parseInt(rest));
            default:
                throw new IOException(line);
        }
    }

    private @Nullable String text(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] text = this.in.readNBytes(length + 2);
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private @Nullable List<@Nullable Object> list(int size) throws IOException {
        if (size < 0) {
            return null;
        }
        List<@Nullable Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(answer());
        }
        return list;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = this.in.read(); next != '\r'; next = this.in.read()) {
            if (next < 0) {
                throw new EOFException("Redis closed the connection");
            }
            line.append((char) next);
        }
        this.in.read();
        return line.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        this.socket.close();
    }
}
