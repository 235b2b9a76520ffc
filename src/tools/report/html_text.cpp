#include "tools/report/html_text.hpp"

#include "base/number_text.hpp"

namespace gim::report {

using base::duration_text;

std::string html_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string html_quantity(std::string_view text) {
    const auto space = text.rfind(' ');
    if (space == std::string_view::npos) {
        return std::string(text);
    }
    const auto unit = text.substr(space + 1);
    return std::string(text.substr(0, space)) + "&nbsp;" +
           (unit == "us" ? "&micro;s" : std::string(unit));
}

std::string html_duration(std::chrono::nanoseconds d) {
    return html_quantity(duration_text(d));
}

}  // namespace gim::report
