package io.distlock.fence;

import io.distlock.Lease;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Keys and their fences in a request: {@code Distlock-Fence: order%3A42=1795221225285131}, several after commas. */
public final class FenceHeader {

    /** The header's name. */
    public static final String NAME = "Distlock-Fence";

    private FenceHeader() {}

    /** What a request under this lease says. */
    public static String of(Lease lease) {
        return lease.keys().stream()
                .map(key -> URLEncoder.encode(key, StandardCharsets.UTF_8) + "=" + lease.fencingToken(key))
                .collect(Collectors.joining(", "));
    }

    /**
     * The fences by key.
     *
     * @throws IllegalArgumentException when a value is not like {@link #of}
     */
    public static Map<String, Long> parse(List<String> values) {
        Map<String, Long> fences = new LinkedHashMap<>();
        for (String value : values) {
            for (String entry : value.split(",", -1)) {
                String[] parts = entry.strip().split("=", -1);
                if (parts.length != 2 || parts[0].isEmpty() || !parts[1].matches("\\d{1,18}")) {
                    throw new IllegalArgumentException(
                            "The header " + NAME + " must be like 'order%3A42=1795221225285131', not '" + entry + "'");
                }
                fences.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), Long.valueOf(parts[1]));
            }
        }
        return fences;
    }
}
