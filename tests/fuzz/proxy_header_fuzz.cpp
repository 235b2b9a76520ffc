#include "fuzz/fuzz_target.hpp"
#include "net/proxy_header.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

// What a proxy, or somebody who would like to be taken for one, puts in front of a connection.

namespace gim::fuzz {

namespace {

using gim::net::proxy_header_reader;

struct reading {
    std::string outcome;  // the source, or why it is refused, or that it is unfinished
    std::size_t taken = 0;

    friend bool operator==(const reading&, const reading&) = default;
};

// Reads pieces of at most so many bytes, never one that is not wanted.
reading read(std::string_view bytes, std::size_t longest) {
    proxy_header_reader reader;
    reading out;
    while (reader.wanted() > 0) {
        const auto n = std::min({reader.wanted(), longest, bytes.size() - out.taken});
        if (n == 0) {
            out.outcome = "unfinished";
            return out;
        }
        const auto fed = reader.feed(bytes.substr(out.taken, n));
        out.taken += n;
        require(out.taken <= proxy_header_reader::max_bytes, "a header keeps its limit");
        if (!fed) {
            require(!fed.error().message.empty(), "a refusal says why");
            // How many bytes it took until then depends on the pieces, and nobody reads on.
            out.taken = 0;
            out.outcome = fed.error().message;
            return out;
        }
    }
    out.outcome = reader.source() ? "from " + reader.source()->to_string() : "from nobody";
    return out;
}

}  // namespace

void proxy_header(std::string_view bytes) {
    const auto whole = read(bytes, bytes.size());
    require(read(bytes, 1) == whole, "byte by byte is the same as whole");
    require(read(bytes, 7) == whole, "in pieces is the same as whole");

    if (const auto begin = whole.outcome.find(' ');
        whole.outcome.starts_with("from ") && whole.outcome != "from nobody") {
        const auto source = whole.outcome.substr(begin + 1);
        const bool is_v6 = source.find(':') != std::string::npos;
        const std::string family = is_v6 ? "TCP6 " : "TCP4 ";
        const std::string other = is_v6 ? " ::1" : " 127.0.0.1";
        const auto printed = "PROXY " + family + source + other + " 1 2\r\n";
        const auto again = read(printed + "behind", 1000);
        require(again.outcome == whole.outcome, "what was read and is printed reads as the same");
        require(again.taken == printed.size(), "and nothing behind it is taken");
    }
}

}  // namespace gim::fuzz
