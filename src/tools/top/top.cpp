#include "tools/top/top.hpp"

#include "tools/client/endpoint.hpp"
#include "tools/top/http_get.hpp"
#include "tools/top/terminal.hpp"
#include "tools/top/view.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace gim::top {

namespace {

using clock = std::chrono::steady_clock;

// How long the server may take for all that one frame shows.
constexpr std::chrono::milliseconds patience{3000};
constexpr std::size_t rows = 50;

// Asks one server.
class observer {
public:
    explicit observer(const top_options& options)
        : server_(client::resolve("http", options.url)), key_(options.key), view_(options.url) {}

    view& shown() noexcept { return view_; }

    enum class outcome { answered, failed, interrupted };

    // Asks once, and adds the answers to the view. Returns early, with the view as before, when one
    // of these descriptors can be read.
    outcome look(std::vector<int> interrupts) {
        const wait_limits limits{clock::now() + patience, std::move(interrupts)};
        const auto answer = http_get(server_, "/metrics", key_, limits);
        if (const auto* const failure = std::get_if<http_failure>(&answer)) {
            if (failure->is_interrupted) {
                return outcome::interrupted;
            }
            view_.failed(failure->why);
            return outcome::failed;
        }
        const auto* const metrics = std::get_if<http_answer>(&answer);
        if (metrics->status != 200) {
            const bool is_refused = metrics->status == 401 || metrics->status == 403;
            view_.failed(
                "GET /metrics: " + std::to_string(metrics->status) +
                (is_refused ? ", it wants an --api-key" : "")
            );
            return outcome::failed;
        }
        auto parsed = metrics_text::parse(metrics->body);
        if (!parsed) {
            view_.failed("GET /metrics: not the text of Prometheus");
            return outcome::failed;
        }
        const std::chrono::duration<double> since_1970 =
            std::chrono::system_clock::now().time_since_epoch();
        const auto at = clock::now();
        const auto limit = "&limit=" + std::to_string(rows);
        const std::string by("?sort=");
        reading now{at, since_1970.count(), *std::move(parsed), {}, {}, {}};
        const auto connections = by + std::string(view_.connection_order()) + limit;
        const auto rooms = by + std::string(view_.room_order()) + limit;
        if (!ask("/debug/workers", limits, worker_columns, now.workers) ||
            !ask("/debug/connections" + connections, limits, connection_columns, now.connections) ||
            !ask("/debug/rooms" + rooms, limits, room_columns, now.rooms)) {
            return outcome::interrupted;
        }
        view_.add(std::move(now));
        return outcome::answered;
    }

private:
    // False if it is interrupted. `to` stays empty if the server has no such table.
    bool ask(
        const std::string& path,
        const wait_limits& limits,
        std::span<const column> columns,
        std::optional<table>& to
    ) {
        const auto answer = http_get(server_, path, key_, limits);
        if (const auto* const failure = std::get_if<http_failure>(&answer)) {
            return !failure->is_interrupted;
        }
        const auto& got = std::get<http_answer>(answer);
        if (got.status == 200) {
            to = parse_table(got.body, columns);
        }
        return true;
    }

    const client::endpoint server_;
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
    using outcome = observer::outcome;
    bool has_come = server.look({}) == outcome::answered;
    if (has_come) {
        std::this_thread::sleep_for(interval);
        has_come = server.look({}) == outcome::answered;
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
        // A key or a signal interrupts the question, which is asked again behind it.
        if (!is_paused && clock::now() >= next &&
            server.look(screen.sources()) != observer::outcome::interrupted) {
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
