#include "ask/http_asker.hpp"

#include "ask/question.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"
#include "worker/spawn.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace gim::ask {

using model::error;
using model::status;
using stats::event;

namespace {

using timer = boost::asio::basic_waitable_timer<
    worker::worker::clock,
    boost::asio::wait_traits<worker::worker::clock>,
    worker::worker::executor_type>;

// Idle connections to the service that a worker keeps.
constexpr std::size_t most_idle = 8;

std::string_view bytes_of(const digest& d) noexcept {
    return {reinterpret_cast<const char*>(d.data()), d.size()};
}

error unavailable(std::string message) {
    return {status::unavailable, std::move(message)};
}

}  // namespace

struct http_asker::desk {
    desk(worker::worker& w, std::size_t cached) : home(w), cache(cached) {}

    worker::worker& home;
    answer_cache cache;
    std::vector<std::unique_ptr<service_connection>> idle;  // the latest last
    std::unordered_set<errand*> waited_for;
};

struct http_asker::errand {
    errand(worker::worker& home, std::string text)
        : request(std::move(text)), alarm(home.executor()) {}

    const std::string request;
    std::unique_ptr<service_connection> over;  // null: none yet, or handed back
    std::optional<answer_result<service_answer>> answer;
    service_connection::error_code last_error;
    bool given_up = false;
    timer alarm;  // rings at the deadline, or is cancelled when there is an answer
};

http_asker::http_asker(worker::worker_pool& workers, asker_options options)
    : workers_(workers), options_(std::move(options)) {
    const auto share = (options_.cached + workers.size() - 1) / workers.size();
    for (std::size_t w = 0; w < workers.size(); ++w) {
        desks_.push_back(std::make_unique<desk>(workers.at(w), share));
    }
}

http_asker::~http_asker() = default;

worker::async_result<auth::identity> http_asker::ask(const session::login_question& q) {
    auto& origin = workers_.current();
    const auto json = question_json(q);
    const auto question = digest_of(json);
    auto& at = *desks_[workers_.home(bytes_of(question)).index()];
    auto who = co_await worker::and_return(origin, ask_at(at, json, question));
    co_return who;
}

void http_asker::give_up() {
    for (const auto& at : desks_) {
        at->home.post([&desk = *at] {
            for (errand* one : desk.waited_for) {
                one->alarm.cancel();
            }
        });
    }
}

worker::async_result<auth::identity>
http_asker::ask_at(desk& at, const std::string& json, const digest& question) {
    co_await worker::hop(at.home);
    auto& counters = at.home.counters();
    if (auto known = at.cache.find(question, answer_cache::clock::now())) {
        counters.add(event::auth_url_cached);
        co_return *std::move(known);
    }
    if (!may_go()) {
        counters.add(event::auth_url_too_many);
        co_return unavailable("login service: too many logins at once, try again");
    }
    counters.add(event::auth_url_asked);
    std::shared_ptr<errand> one;
    try {
        one = std::make_shared<errand>(at.home, request_for(options_.url, json));
        one->alarm.expires_after(options_.timeout);
        worker::spawn(at.home, "login service", [this, &at, one] { return run(at, one); });
    } catch (...) {
        --in_flight_;
        throw;
    }
    if (!one->answer) {
        at.waited_for.insert(one.get());
        co_await one->alarm.async_wait(net::use_ec);
        // A wait ends on the worker on which the whole coroutine was started.
        co_await worker::hop(at.home);
        at.waited_for.erase(one.get());
    }
    if (!one->answer) {
        one->given_up = true;
        one->answer = answer_fault::timed_out;
        if (one->over) {
            one->over->close();
        }
    }
    co_return judge(at, *one, question);
}

boost::asio::awaitable<void> http_asker::run(desk& at, std::shared_ptr<errand> one) {
    answer_result<service_answer> answer = answer_fault::unreachable;
    try {
        answer = co_await fetch(at, *one);
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::login_service, {}, "--auth-url: {}", e.what());
    }
    --in_flight_;
    if (one->over && one->over->is_fit() && at.idle.size() < most_idle) {
        at.idle.push_back(std::move(one->over));
    }
    one->over.reset();
    if (!one->given_up) {
        one->answer = std::move(answer);
        one->alarm.cancel();
    }
}

boost::asio::awaitable<answer_result<service_answer>> http_asker::fetch(desk& at, errand& one) {
    while (!at.idle.empty() && !one.over) {
        one.over = std::move(at.idle.back());
        at.idle.pop_back();
        if (!one.over->is_fit()) {
            one.over.reset();
        }
    }
    if (one.over) {
        auto answer = co_await one.over->exchange(one.request);
        if (one.given_up || !one.over->has_gone_stale()) {
            one.last_error = one.over->last_error();
            co_return answer;
        }
    }
    one.over = std::make_unique<service_connection>(at.home);
    one.last_error = co_await one.over->connect(options_.url);
    if (one.last_error) {
        co_return answer_fault::unreachable;
    }
    auto answer = co_await one.over->exchange(one.request);
    one.last_error = one.over->last_error();
    co_return answer;
}

http_asker::identity_result http_asker::judge(desk& at, const errand& one, const digest& question) {
    if (!*one.answer) {
        return fail(at, one.answer->error(), one.last_error);
    }
    auto read = read_answer(**one.answer, options_.wall_clock());
    if (!read) {
        return fail(at, read.error(), {});
    }
    at.cache.keep(question, read->who, read->keep, answer_cache::clock::now());
    return std::move(read->who);
}

http_asker::identity_result
http_asker::fail(desk& at, answer_fault why, const boost::system::error_code& more) {
    auto& counters = at.home.counters();
    if (why == answer_fault::refused) {
        counters.add(event::auth_url_refused);
        spdlog::debug("token refused: by the login service");
        return error{status::unauthorized, "token: not valid"};
    }
    counters.add(
        why == answer_fault::timed_out ? event::auth_url_timed_out : event::auth_url_failed
    );
    if (const auto held_back = lines_.allow()) {
        spdlog::warn(
            "--auth-url: no answer to a login: {}{}{}",
            describe(why),
            why == answer_fault::unreachable && more ? ": " + more.message() : "",
            stats::held_back_text(*held_back)
        );
    }
    if (why == answer_fault::back_end) {
        return auth::back_ends_only();
    }
    return unavailable("login service: no answer, try again");
}

bool http_asker::may_go() noexcept {
    if (in_flight_.fetch_add(1) < options_.in_flight || options_.in_flight == 0) {
        return true;
    }
    --in_flight_;
    return false;
}

}  // namespace gim::ask
