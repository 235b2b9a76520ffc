#pragma once

#include "ask/answer_cache.hpp"
#include "ask/service_connection.hpp"
#include "ask/service_url.hpp"
#include "observe/stats/event.hpp"
#include "observe/stats/log_limiter.hpp"
#include "session/login_asker.hpp"
#include "worker/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace gim::ask {

struct asker_options {
    service_url url;
    // From the question to its answer, with all that lies between. Larger: a slow service holds
    // logins for longer.
    std::chrono::milliseconds timeout = std::chrono::seconds(1);
    // Questions on their way at once, in the process; 0: no limit. Larger: more sockets, and a
    // service that was slow for a moment gets more at once.
    std::size_t in_flight = 64;
    // Answers that are kept, in the process, if they say so; 0: none. Larger: memory.
    std::size_t cached = 10'000;
    // Milliseconds since 1970 (UTC).
    std::function<std::int64_t()> wall_clock;
};

// Asks the operator's own HTTP service.
//
// Problem: it may be slow, down or broken, when everybody comes at once. So a question has a
// deadline and the questions a bound, and neither holds up anything but the logins themselves.
// Equal questions go to one worker, by their digest, so that an answer is kept once.
class http_asker final : public session::login_asker {
public:
    // `workers` is borrowed; it must be stopped before the asker is destroyed, and destroyed later.
    http_asker(worker::worker_pool& workers, asker_options options);
    ~http_asker() override;

    worker::async_result<auth::identity> ask(const session::login_question& q) override;

    // Everybody who waits for an answer gets none, soon. From any thread.
    void give_up();

private:
    // What one worker has.
    struct desk;
    // A question on its way, and the alarm of who waits for it.
    struct errand;
    using identity_result = model::result<auth::identity>;

    // `json` lives until it is answered; it ends at the desk.
    worker::async_result<auth::identity>
    ask_at(desk& at, const std::string& json, const digest& question);
    // Goes on after nobody waits any more, until its connection has ended.
    boost::asio::awaitable<void> run(desk& at, std::shared_ptr<errand> one);
    boost::asio::awaitable<answer_result<service_answer>> fetch(desk& at, errand& one);
    identity_result judge(desk& at, const errand& one, const digest& question);
    identity_result fail(desk& at, answer_fault why, const boost::system::error_code& more);
    bool may_go() noexcept;

    worker::worker_pool& workers_;
    const asker_options options_;
    std::vector<std::unique_ptr<desk>> desks_;
    std::atomic<std::size_t> in_flight_{0};
    stats::log_limiter lines_;
};

}  // namespace gim::ask
