#include "gim/live_settings.hpp"

#include "auth/signing_key.hpp"
#include "gim/credentials.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

namespace gim::cmd {

namespace {

// "max-requests=30"; of one that was given several times, all.
std::string text_of(const setting& s) {
    std::string text;
    for (const auto& value : s.values) {
        text += (text.empty() ? "" : " ") + s.name.substr(2) + "=" + value;
    }
    return text;
}

void add_to(std::string& list, const std::string& text) {
    list += (list.empty() ? "" : ", ") + text;
}

void refuse(std::string why) {
    why.erase(why.find_last_not_of('\n') + 1);
    spdlog::error("settings: going on with the old ones: {}", why);
}

}  // namespace

live_settings::live_settings(
    serve_settings now,
    std::vector<std::string> arguments,
    program::environment env
)
    : now_(std::move(now)),
      arguments_(std::move(arguments)),
      env_(std::move(env)),
      spare_secret_(auth::random_secret()) {
    fill_secret(now_.options);
}

void live_settings::fill_secret(serve_options& options) const {
    if (options.token_secret.empty() && options.auth != auth::login_mode::token) {
        options.token_secret = spare_secret_;
    }
}

void live_settings::read_again(const std::function<void(auth::authority tokens)>& apply) {
    const auto first = arguments_.begin() + std::min<std::ptrdiff_t>(1, std::ssize(arguments_));
    auto read = parse_serve({first, arguments_.end()}, env_);
    if (const auto* exit = std::get_if<program::exit_now>(&read)) {
        refuse(exit->err);
        return;
    }
    auto& fresh = std::get<serve_settings>(read);
    auto merged = now_.options;
    static_cast<live_options&>(merged) = std::move(fresh.options);
    fill_secret(merged);
    std::optional<auth::authority> tokens;
    try {
        tokens = open_authority(merged);
    } catch (const std::exception& bad_key) {
        refuse(bad_key.what());
        return;
    }
    now_.options = std::move(merged);
    const auto before = std::exchange(now_.all, std::move(fresh.all));
    const auto logins = describe_logins(now_.options, *tokens);
    apply(*std::move(tokens));
    log_changes(before);
    if (now_.options.auth == auth::login_mode::token) {
        spdlog::info("{}", logins);
    }
}

void live_settings::log_changes(const std::vector<setting>& before) {
    std::string taken;
    std::string waiting;
    for (std::size_t i = 0; i < now_.all.size(); ++i) {
        auto& s = now_.all[i];
        if (s.values == before[i].values) {
            continue;
        }
        if (s.since == program::effect::at_reload) {
            add_to(taken, text_of(s));
        } else {
            add_to(waiting, text_of(s));
            s = before[i];
        }
    }
    if (taken.empty()) {
        spdlog::info("settings: read again");
    } else {
        spdlog::info("settings: read again; from now on {}", taken);
    }
    if (!waiting.empty()) {
        spdlog::warn("settings: only a restart changes {}", waiting);
    }
}

}  // namespace gim::cmd
