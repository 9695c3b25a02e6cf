package io.distlock.benchmarks;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/** One figure of all subjects as bars, ours in a colour of its own. */
final class Plot {

    private static final Color OURS = new Color(0x0B, 0x7A, 0x75);

    private static final Color OTHERS = new Color(0x9A, 0xA5, 0xB1);

    private Plot() {}

    /** @param values in the order of the bars; what is not a number was not measured, and has none */
    static void save(String title, String unit, Map<String, Double> values, Path file) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(900)
                .height(360)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisDecimalPattern("#,##0.#");
        chart.getStyler().setPlotGridLinesVisible(false); // dashes make a picture ten times as large
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setXAxisLabelRotation(20);
        List<String> subjects = values.entrySet().stream()
                .filter(entry -> !entry.getValue().isNaN())
                .map(Map.Entry::getKey)
                .toList();
        bars(chart, "distlock", OURS, subjects, values, true);
        bars(chart, "others", OTHERS, subjects, values, false);
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private static void bars(
            CategoryChart chart,
            String name,
            Color color,
            List<String> subjects,
            Map<String, Double> values,
            boolean ours) {
        List<Double> heights = new ArrayList<>();
        for (String subject : subjects) {
            heights.add(subject.startsWith("distlock") == ours ? values.get(subject) : null);
        }
        chart.addSeries(name, subjects, heights).setFillColor(color);
    }
}
