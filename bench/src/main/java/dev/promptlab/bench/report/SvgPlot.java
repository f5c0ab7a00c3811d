package dev.promptlab.bench.report;

import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Draws a plot as SVG: lines, or bars where the points have labels. By hand, as libraries for that
 * draw with AWT, which needs fonts that a server does not have.
 */
final class SvgPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 70;
  private static final int RIGHT = 130;
  private static final int TOP = 40;
  private static final int BOTTOM = 60;
  private static final List<String> COLOURS =
      List.of("#3366cc", "#dc3912", "#109618", "#990099", "#ff9900", "#0099c6");

  private final Plot plot;
  private final double lowest;
  private final double highest;
  private final double firstX;
  private final double lastX;
  private final StringBuilder svg = new StringBuilder();

  private SvgPlot(Plot plot) {
    this.plot = plot;
    double[] ys =
        plot.series().stream().flatMap(it -> it.y().stream()).mapToDouble(it -> it).toArray();
    double[] xs =
        plot.series().stream().flatMap(it -> it.x().stream()).mapToDouble(it -> it).toArray();
    double smallest =
        IntStream.range(0, ys.length).mapToDouble(i -> ys[i]).filter(y -> y > 0).min().orElse(1);
    double largest = IntStream.range(0, ys.length).mapToDouble(i -> ys[i]).max().orElse(1);
    lowest = plot.logarithmic() ? Math.pow(10, Math.floor(Math.log10(smallest))) : 0;
    highest = plot.logarithmic() ? Math.pow(10, Math.ceil(Math.log10(largest))) : rounded(largest);
    firstX =
        xs.length == 0 ? 0 : IntStream.range(0, xs.length).mapToDouble(i -> xs[i]).min().orElse(0);
    lastX =
        xs.length == 0 ? 1 : IntStream.range(0, xs.length).mapToDouble(i -> xs[i]).max().orElse(1);
  }

  static String draw(Plot plot) {
    return new SvgPlot(plot).drawn();
  }

  private static double rounded(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    return Math.ceil(value / power) * power;
  }

  private String drawn() {
    add(
        String.format(
            Locale.ROOT,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>",
            WIDTH,
            HEIGHT));
    add(String.format(Locale.ROOT, "<rect width='%d' height='%d' fill='white'/>", WIDTH, HEIGHT));
    text(WIDTH / 2.0, 20, "middle", plot.title());
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12.0, "middle", plot.xLabel());
    add(
        String.format(
            Locale.ROOT,
            "<text transform='rotate(-90)' x='%d' y='16' text-anchor='middle'>%s</text>",
            -(TOP + HEIGHT - BOTTOM) / 2,
            escaped(plot.yLabel())));
    grid();
    for (int number = 0; number < plot.series().size(); number++) {
      Series series = plot.series().get(number);
      if (series.labels().isEmpty()) {
        line(series, number);
      } else {
        bars(series, number);
      }
      if (plot.series().size() > 1) {
        legend(series.name(), number);
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private void grid() {
    List<Double> marks =
        plot.logarithmic()
            ? IntStream.rangeClosed(0, (int) Math.round(Math.log10(highest / lowest)))
                .mapToObj(power -> lowest * Math.pow(10, power))
                .toList()
            : IntStream.rangeClosed(0, 5).mapToObj(step -> highest * step / 5).toList();
    for (double mark : marks) {
      double y = y(mark);
      add(
          String.format(
              Locale.ROOT,
              "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#ddd'/>",
              LEFT,
              WIDTH - RIGHT,
              y,
              y));
      text(LEFT - 6.0, y + 4, "end", number(mark));
    }
  }

  private void line(Series series, int number) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < series.x().size(); i++) {
      double x = x(series.x().get(i));
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(series.y().get(i))));
      if (number == 0) {
        text(x, HEIGHT - BOTTOM + 16.0, "middle", number(series.x().get(i)));
      }
    }
    add(
        String.format(
            Locale.ROOT,
            "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>",
            points.toString().strip(),
            colour(number)));
  }

  private void bars(Series series, int number) {
    double room = (double) (WIDTH - LEFT - RIGHT) / series.labels().size();
    double width = room * 0.8 / plot.series().size();
    for (int i = 0; i < series.labels().size(); i++) {
      double x = LEFT + room * (i + 0.1) + width * number;
      double y = y(series.y().get(i));
      add(
          String.format(
              Locale.ROOT,
              "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>",
              x,
              y,
              width,
              HEIGHT - BOTTOM - y,
              colour(number)));
      text(x + width / 2, y - 4, "middle", number(series.y().get(i)));
      if (number == 0) {
        text(LEFT + room * (i + 0.5), HEIGHT - BOTTOM + 16.0, "middle", series.labels().get(i));
      }
    }
  }

  private void legend(String name, int number) {
    double y = TOP + 10.0 + 20 * number;
    add(
        String.format(
            Locale.ROOT,
            "<rect x='%d' y='%.1f' width='12' height='12' fill='%s'/>",
            WIDTH - RIGHT + 10,
            y - 10,
            colour(number)));
    text(WIDTH - RIGHT + 28.0, y, "start", name);
  }

  private double x(double value) {
    return LEFT
        + 20
        + (WIDTH - LEFT - RIGHT - 40) * (value - firstX) / Math.max(1e-9, lastX - firstX);
  }

  private double y(double value) {
    double part =
        plot.logarithmic()
            ? Math.log10(Math.max(lowest, value) / lowest) / Math.log10(highest / lowest)
            : value / highest;
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part;
  }

  private static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }

  private void text(double x, double y, String anchor, String text) {
    add(
        String.format(
            Locale.ROOT,
            "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>",
            x,
            y,
            anchor,
            escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String number(double value) {
    return value >= 100 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private void add(String line) {
    svg.append(line).append('\n');
  }
}
