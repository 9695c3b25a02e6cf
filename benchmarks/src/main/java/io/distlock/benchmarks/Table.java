package io.distlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text in columns, as Markdown that can be read as it is. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> header) {
        this.rows.add(header);
    }

    void row(List<String> cells) {
        this.rows.add(cells);
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, this.rows.get(0).size())
                .map(column -> this.rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        List<String> lines =
                this.rows.stream().map(row -> line(row, widths)).collect(Collectors.toCollection(ArrayList::new));
        List<String> rule = IntStream.of(widths)
                .mapToObj(width -> "-".repeat(width - 1) + ":")
                .collect(Collectors.toCollection(ArrayList::new));
        rule.set(0, "-".repeat(widths[0]));
        lines.add(1, line(rule, widths));
        return String.join("\n", lines) + "\n";
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(
                        column -> ("%" + (column == 0 ? "-" : "") + widths[column] + "s").formatted(cells.get(column)))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** Three digits that matter; nothing where nothing was measured. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
