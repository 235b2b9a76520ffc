#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gim::report {

// As the content of an element or of a quoted attribute, in HTML and in SVG.
std::string html_escaped(std::string_view text);
// A number and its unit as of number_text.hpp, with the proper sign for micro, kept on one line.
std::string html_quantity(std::string_view text);
std::string html_duration(std::chrono::nanoseconds d);

}  // namespace gim::report
