#include "top/top.hpp"

#include "load/endpoint.hpp"
#include "protocol/error.hpp"
#include "top/http_get.hpp"
#include "top/terminal.hpp"
#include "top/view.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace gim::top {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds patience{2000};
constexpr std::size_t rows = 50;

// Asks one server.
class observer {
public:
    explicit observer(const top_options& options)
        : server_(load::resolve("http", options.url)), key_(options.key), view_(options.url) {}

    view& shown() noexcept { return view_; }

    // Asks once, and adds what came to the view.
    bool look() {
        const auto metrics = http_get(server_, "/metrics", key_, patience);
        if (!metrics) {
            view_.failed(metrics.error().message);
            return false;
        }
        if (metrics->status != 200) {
            const bool is_refused = metrics->status == 401 || metrics->status == 403;
            view_.failed(
                "GET /metrics: " + std::to_string(metrics->status) +
                (is_refused ? ", it wants an --api-key" : "")
            );
            return false;
        }
        auto parsed = metrics_text::parse(metrics->body);
        if (!parsed) {
            view_.failed("GET /metrics: not the text of Prometheus");
            return false;
        }
        const std::chrono::duration<double> since_1970 =
            std::chrono::system_clock::now().time_since_epoch();
        const auto at = clock::now();
        const auto limit = "&limit=" + std::to_string(rows);
        const std::string by("?sort=");
        view_.add(
            {at,
             since_1970.count(),
             *std::move(parsed),
             ask("/debug/workers", worker_columns),
             ask("/debug/connections" + by + std::string(view_.connection_order()) + limit,
                 connection_columns),
             ask("/debug/rooms" + by + std::string(view_.room_order()) + limit, room_columns)}
        );
        return true;
    }

private:
    std::optional<table> ask(const std::string& path, std::span<const column> columns) {
        const auto answer = http_get(server_, path, key_, patience);
        return answer && answer->status == 200 ? parse_table(answer->body, columns) : std::nullopt;
    }

    const load::endpoint server_;
    const std::string key_;
    view view_;
};

// COLUMNS, which shells set, or enough for all.
std::size_t plain_width() {
    const char* const columns = std::getenv("COLUMNS");
    const auto width = columns == nullptr ? 0 : std::strtoul(columns, nullptr, 10);
    return width >= 20 && width <= 1000 ? width : 132;
}

int show_once(observer& server, std::chrono::milliseconds interval) {
    bool has_come = server.look();
    if (has_come) {
        std::this_thread::sleep_for(interval);
        has_come = server.look();
    }
    constexpr std::size_t height = 60;
    for (const auto& l : server.shown().frame(plain_width(), height)) {
        std::printf("%s\n", l.text.c_str());
    }
    return has_come ? 0 : 1;
}

int show_live(observer& server, std::chrono::milliseconds interval) {
    terminal screen;
    bool is_paused = false;
    auto next = clock::now();
    for (;;) {
        if (!is_paused && clock::now() >= next) {
            server.look();
            next = clock::now() + interval;
        }
        const auto [width, height] = terminal::size();
        screen.draw(server.shown().frame(width, height));
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now());
        constexpr std::chrono::milliseconds long_time = std::chrono::hours(1);
        const auto event = screen.wait(is_paused ? long_time : left);
        if (event.is == terminal::event::what::end) {
            return 0;
        }
        switch (event.key) {
            case 'q':
            case 'Q':
                return 0;
            case 'c':
                server.shown().next_connection_order();
                next = clock::now();
                break;
            case 'r':
                server.shown().next_room_order();
                next = clock::now();
                break;
            case 'p':
            case ' ':
                is_paused = !is_paused;
                server.shown().set(is_paused ? view::motion::paused : view::motion::runs);
                break;
            default:
                break;
        }
    }
}

}  // namespace

int run(const top_options& options) {
    observer server(options);
    if (options.how == top_options::mode::once || !terminal::is_there()) {
        return show_once(server, options.interval);
    }
    return show_live(server, options.interval);
}

}  // namespace gim::top
