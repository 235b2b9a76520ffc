#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gim::report {

// One chart as inline SVG, which takes its width, its colours and its font from the page.
//
// Problem: an SVG that is scaled as a whole has unreadable text on a narrow screen. So every place
// is a part of the plot, written in percent, and only lines and areas are stretched; text keeps its
// size and hangs over the plot's edges, for which the page leaves a margin.
// Labels are HTML already (see html_text.hpp).
class svg_chart {
public:
    // A part of the plot's width and of its height, from its lower left corner.
    struct point {
        double x;
        double y;
    };
    enum class tick {
        always,
        wide,  // has no room on a narrow screen
    };

    // `description`: what a screen reader says in the chart's place; plain text.
    svg_chart(std::string_view description, int height_pixels);

    void x_tick(double x, std::string_view label, tick kind = tick::always);
    void y_tick(double y, std::string_view label);
    // `look` names the CSS class.
    void line(const std::vector<point>& points, std::string_view look);
    void area(const std::vector<point>& points, std::string_view look);  // down to the axis
    // A dot with its name beside it, where a curve that only rises is not in the way.
    void mark(point at, std::string_view label, std::string_view look);
    // While the pointer is between `from` and `to`, `text` is shown, and the point that it is
    // about.
    void hover(double from, double to, point at, std::string_view text);

    std::string take();

private:
    std::string out_;
};

}  // namespace gim::report
