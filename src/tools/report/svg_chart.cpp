#include "tools/report/svg_chart.hpp"

#include "tools/report/html_text.hpp"

#include <spdlog/fmt/fmt.h>

namespace gim::report {

namespace {

// The stretched part has its own units, of which there are enough for the widest screen.
constexpr double units = 1000;

std::string percent(double part) {
    return fmt::format("{:.6g}%", part * 100);
}
std::string across(svg_chart::point p) {
    return percent(p.x);
}
std::string down(svg_chart::point p) {
    return percent(1 - p.y);
}

std::string path(const std::vector<svg_chart::point>& points) {
    std::string out;
    for (const auto& p : points) {
        out +=
            fmt::format("{}{:.5g} {:.5g}", out.empty() ? 'M' : 'L', p.x * units, (1 - p.y) * units);
    }
    return out;
}

std::string stretched(std::string_view path, std::string_view look) {
    return fmt::format(
        R"(<svg viewBox="0 0 {0} {0}" preserveAspectRatio="none" width="100%" height="100%">)"
        R"(<path class="{1}" d="{2}"/></svg>)"
        "\n",
        units,
        look,
        path
    );
}

}  // namespace

svg_chart::svg_chart(std::string_view description, int height_pixels)
    : out_(fmt::format(
          R"(<div class="plot"><svg role="img" aria-label="{}" width="100%" height="{}">)"
          "\n",
          html_escaped(description),
          height_pixels
      )) {}

void svg_chart::x_tick(double x, std::string_view label, tick kind) {
    out_ += fmt::format(
        R"(<g class="tick{0}"><line x1="{1}" x2="{1}" y1="0" y2="100%"/>)"
        R"(<text x="{1}" y="100%" dy="20" text-anchor="{2}">{3}</text></g>)"
        "\n",
        kind == tick::wide ? " wide" : "",
        percent(x),
        x > 0.97 ? "end" : "middle",  // the page ends there
        label
    );
}

void svg_chart::y_tick(double y, std::string_view label) {
    out_ += fmt::format(
        R"(<g class="tick"><line x1="0" x2="100%" y1="{0}" y2="{0}"/>)"
        R"(<text x="0" y="{0}" dx="-10" dy="4" text-anchor="end">{1}</text></g>)"
        "\n",
        percent(1 - y),
        label
    );
}

void svg_chart::line(const std::vector<point>& points, std::string_view look) {
    if (!points.empty()) {
        out_ += stretched(path(points), fmt::format("line {}", look));
    }
}

void svg_chart::area(const std::vector<point>& points, std::string_view look) {
    if (points.empty()) {
        return;
    }
    auto closed = points;
    closed.push_back({points.back().x, 0});
    closed.push_back({points.front().x, 0});
    out_ += stretched(path(closed) + 'Z', fmt::format("area {}", look));
}

void svg_chart::mark(point at, std::string_view label, std::string_view look) {
    // Right of a point a rising curve is above it, left of it below.
    const bool is_left = at.x > 0.7;
    const bool is_above = is_left || at.y < 0.12;
    out_ += fmt::format(
        R"(<g class="mark {}"><circle cx="{}" cy="{}" r="5"/>)"
        R"(<text x="{}" y="{}" dx="{}" dy="{}" text-anchor="{}">{}</text></g>)"
        "\n",
        look,
        across(at),
        down(at),
        across(at),
        down(at),
        is_left ? 0 : 8,
        is_above ? -12 : 20,
        is_left ? "end" : "start",
        label
    );
}

void svg_chart::hover(double from, double to, point at, std::string_view text) {
    out_ += fmt::format(
        R"(<g class="hover"><rect x="{0}" width="{1}" height="100%"/>)"
        R"(<line x1="{2}" x2="{2}" y1="0" y2="100%"/><circle cx="{2}" cy="{3}" r="4"/>)"
        R"(<text x="0" y="0" dy="-10">{4}</text><title>{4}</title></g>)"
        "\n",
        percent(from),
        percent(to - from),
        across(at),
        down(at),
        text
    );
}

std::string svg_chart::take() {
    return std::move(out_) + "</svg></div>\n";
}

}  // namespace gim::report
