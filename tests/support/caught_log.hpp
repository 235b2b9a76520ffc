#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace gim::test {

// While it lives, what is logged is caught: "LEVEL MESSAGE", a line each.
struct caught_log {
    std::ostringstream text;
    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();

    caught_log() {
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
        auto log = std::make_shared<spdlog::logger>("test", std::move(sink));
        log->set_pattern("%l %v");
        spdlog::set_default_logger(std::move(log));
    }
    caught_log(const caught_log&) = delete;
    caught_log& operator=(const caught_log&) = delete;
    ~caught_log() { spdlog::set_default_logger(before); }

    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        std::istringstream in(text.str());
        for (std::string line; std::getline(in, line);) {
            out.push_back(line);
        }
        return out;
    }
};

}  // namespace gim::test
