#pragma once

#include "websocket/websocket_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace gim::test {

using lines = std::vector<std::string>;

// Feeds a reader as a socket would, and writes down what comes of it, one line an event.
class event_log {
public:
    enum class compression { none, agreed };

    explicit event_log(
        websocket::websocket_reader::limits most = {1024 * 1024, 64},
        compression c = compression::none
    )
        : reader(most), is_agreed_(c == compression::agreed) {}

    void feed(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto space = reader.space();
            const auto n = std::min(space.size(), bytes.size());
            std::memcpy(space.data(), bytes.data(), n);
            reader.commit(n);
            bytes.remove_prefix(n);
            while (const auto e = reader.next(is_agreed_ ? &inflating : nullptr)) {
                seen.push_back(line_of(*e));
            }
        }
    }
    bool has_failed() const { return !seen.empty() && seen.back().starts_with("failure"); }

    websocket::websocket_reader reader;
    websocket::inflater inflating;
    lines seen;

private:
    const bool is_agreed_;

    static std::string line_of(const websocket::websocket_event& e) {
        using kind = websocket::websocket_event::kind;
        const auto payload = std::string(e.payload);
        const auto with_code = std::to_string(e.code) + ' ' + payload;
        switch (e.what) {
            case kind::text:
                return "text " + payload;
            case kind::binary:
                return "binary " + payload;
            case kind::ping:
                return "ping " + payload;
            case kind::pong:
                return "pong " + payload;
            case kind::close:
                return "close " + with_code;
            case kind::failure:
                return "failure " + with_code;
        }
        return {};
    }
};

inline lines events_of(std::string_view bytes) {
    event_log log;
    log.feed(bytes);
    return log.seen;
}

}  // namespace gim::test
