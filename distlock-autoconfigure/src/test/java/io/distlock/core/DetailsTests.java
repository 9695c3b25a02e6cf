package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a caller says of itself is kept for the next time, and never said of another. */
class DetailsTests {

    /** Some would read like others, were they not escaped. */
    private static final List<String> TEXTS =
            List.of("a", "b", "a=b", "a%3Db", "a\nname=b", "b\nmethod=a", "b%0Amethod%3Da", "");

    private static final List<@Nullable String> METHODS = Arrays.asList(null, "a", "b", "a=b", "a%3Db");

    private static Details details() {
        return new Details(new Instance("here", "1"), Map.of(), null);
    }

    private static String of(Details details, String thread, String name, @Nullable String method) {
        Thread current = Thread.currentThread();
        String before = current.getName();
        current.setName(thread);
        try {
            return details.of(name, method, Map.of());
        } finally {
            current.setName(before);
        }
    }

    @Test
    void whatIsKeptIsNotSaidOfAnother() {
        Details known = details();
        for (int round = 0; round < 3; round++) {
            for (String thread : TEXTS) {
                for (String name : TEXTS) {
                    for (String method : METHODS) {
                        assertThat(of(known, thread, name, method))
                                .as("%s, %s, %s", thread, name, method)
                                .isEqualTo(of(details(), thread, name, method));
                    }
                }
            }
        }
    }

    @Test
    void whoComesAgainIsNotDescribedAnew() {
        Details known = details();
        String first = of(known, "worker", "orders", "Orders.pay");
        assertThat(of(known, new String("worker"), new String("orders"), "Orders.pay"))
                .isSameAs(first);
        assertThat(Details.parse(first))
                .containsEntry("thread", "worker")
                .containsEntry("name", "orders")
                .containsEntry("method", "Orders.pay");
    }
}
