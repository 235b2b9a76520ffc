#include "tools/report/report_html.hpp"

#include "base/number_text.hpp"
#include "tools/report/figures.hpp"
#include "tools/report/html_text.hpp"
#include "tools/report/latency_curve.hpp"
#include "tools/report/report_style.hpp"
#include "tools/report/report_table.hpp"
#include "tools/report/time_charts.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace gim::report {

using base::bytes_text;
using base::count_of;
using base::cpu_text;
using base::decimal_text;
using base::duration_text;
using base::grouped;
using base::percent_text;
using base::plural;
using load::measurement;

namespace {

// One of the numbers in large type. All text is HTML.
struct tile {
    std::string_view look;  // "", "good" or "bad"
    std::string label;
    std::string value;
    std::string remark;
};

// "12.3 ms", with the unit in small type.
std::string in_large(std::string_view text) {
    const auto quantity = html_quantity(text);
    const auto space = quantity.find("&nbsp;");
    return space == std::string::npos
               ? quantity
               : fmt::format(
                     "{}<small>{}</small>", quantity.substr(0, space), quantity.substr(space)
                 );
}

tile loss_tile(const measurement& m, const figures& f) {
    const auto expected = grouped(m.expected);
    if (f.is_intact) {
        return {
            "good",
            R"(lost <span class="sign">&#10003; nothing</span>)",
            "0",
            fmt::format("of {} expected; nothing twice, all in order", expected),
        };
    }
    return {
        "bad",
        R"(lost <span class="sign">&#10007; not intact</span>)",
        grouped(m.lost),
        fmt::format(
            "{} of {} expected; {} duplicated, {} out of order",
            percent_text(f.lost_share.value_or(0)),
            expected,
            grouped(m.duplicated),
            grouped(m.out_of_order)
        ),
    };
}

// The three that matter most of those that the scenario has.
std::vector<tile> tiles(const measurement& m, const figures& f) {
    const auto unit = html_escaped(m.unit);
    std::vector<tile> out;
    if (f.server_ns_per_unit) {
        out.push_back({
            "",
            "server CPU a " + unit,
            in_large(cpu_text(*f.server_ns_per_unit)),
            fmt::format(
                "{} user, {} system",
                html_quantity(cpu_text(f.server_user_ns_per_unit.value_or(0))),
                html_quantity(cpu_text(f.server_system_ns_per_unit.value_or(0)))
            ),
        });
    }
    if (m.latency.count() > 0) {
        out.push_back({
            "",
            "p99 latency",
            in_large(duration_text(m.latency.percentile(0.99))),
            fmt::format(
                "half within {}, the slowest {}",
                html_duration(m.latency.percentile(0.5)),
                html_duration(m.latency.max())
            ),
        });
    }
    if (f.has_losses_counted) {
        out.push_back(loss_tile(m, f));
    }
    if (m.resident_bytes_per_connection) {
        out.push_back({
            "",
            "memory a connection",
            in_large(bytes_text(*m.resident_bytes_per_connection)),
            "resident in the server",
        });
    }
    if (m.connections > 0) {
        out.push_back({"", "connections", grouped(m.connections), "held by the generator"});
    }
    out.push_back({
        m.disconnected > 0 ? "bad" : "good",
        "disconnected",
        grouped(m.disconnected),
        "connections that ended before the run did",
    });
    out.resize(std::min<std::size_t>(out.size(), 3));
    return out;
}

std::string lede(const measurement& m, const figures& f) {
    const auto to = count_of(m.connections, "connection");
    if (m.delivered == 0 && m.expected > 0) {
        return fmt::format(
            "<b>Nothing was delivered</b> in {}, with {}.", html_duration(m.time), to
        );
    }
    if (!f.delivered_per_second) {
        return fmt::format("{}, observed for {}.", to, html_duration(m.time));
    }
    return fmt::format(
        "<b>{} {} a second</b>: {} in {}{}.",
        decimal_text(*f.delivered_per_second),
        html_escaped(plural(m.unit)),
        grouped(m.units_in_time),
        html_duration(m.time),
        m.connections > 0 ? ", with " + to : ""
    );
}

std::string headline(const measurement& m, const figures& f) {
    auto out = fmt::format(
        "<header>\n<p class=\"kicker\">gim bench {}</p>\n<h1>{}</h1>\n<p class=\"lede\">{}</p>\n"
        "<ul class=\"tiles\">\n",
        html_escaped(m.scenario),
        html_escaped(m.title.empty() ? m.scenario : m.title),
        lede(m, f)
    );
    for (const auto& t : tiles(m, f)) {
        out += fmt::format(
            "<li class=\"{}\"><span class=\"label\">{}</span> <strong>{}</strong> "
            "<span class=\"remark\">{}</span></li>\n",
            t.look,
            t.label,
            t.value,
            t.remark
        );
    }
    out += "</ul>\n</header>\n";
    if (!m.notes.empty()) {
        out += "<ul class=\"notes\" aria-label=\"Notes\">\n";
        for (const auto& note : m.notes) {
            out += fmt::format("<li>{}</li>\n", html_escaped(note));
        }
        out += "</ul>\n";
    }
    return out;
}

std::string section(std::string_view heading, std::string_view content) {
    return content.empty()
               ? ""
               : fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", heading, content);
}

std::string latency_section(const measurement& m) {
    if (m.latency.count() == 0) {
        return {};
    }
    return section(
        "How late",
        fmt::format(
            "<p class=\"soft\">Part of all {} along the bottom, each further nine as wide as the "
            "one "
            "before. Time runs from when each was to be sent, so that a stall counts against "
            "everything it held up.</p>\n",
            html_escaped(plural(m.unit))
        ) + latency_curve(m.latency, m.unit)
    );
}

std::string setting_section(const measurement& m) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view text, std::string_view element) {
        if (!text.empty()) {
            out += fmt::format(
                "<dt>{0}</dt><dd>{1}{2}{3}</dd>\n",
                name,
                element == "pre" ? "<pre>" : "",
                html_escaped(text),
                element == "pre" ? "</pre>" : ""
            );
        }
    };
    add("Load generator", m.command, "pre");
    add("Server", m.server, "pre");
    add("Pinning", m.pinning, "");
    add("Processor",
        m.where.cores > 0 ? m.where.cpu + ", " + count_of(m.where.cores, "core") : m.where.cpu,
        "");
    add("Kernel", m.where.kernel, "");
    add("Build", m.where.build, "");
    add("Date, UTC", m.where.when, "");
    return section("How it was run", out.empty() ? "" : "<dl>\n" + out + "</dl>\n");
}

}  // namespace

std::string report_html(const measurement& m) {
    const figures f(m);
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>gim bench {}: {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}{}{}{}{}"
        "</main>\n</body>\n</html>\n",
        html_escaped(m.scenario),
        html_escaped(m.title),
        report_style,
        headline(m, f),
        latency_section(m),
        section("Over time", time_charts(m)),
        section("All figures", report_table(m)),
        setting_section(m)
    );
}

}  // namespace gim::report
