#include "gim/check_config.hpp"

#include "gim/credentials.hpp"
#include "gim/snapshot/snapshot_file.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace gim::cmd {

int check_config(const serve_settings& settings) {
    std::vector<std::pair<std::string, std::string>> lines;
    std::size_t widest = 0;
    for (const auto& s : settings.all) {
        for (const auto& value : s.values) {
            const bool is_live = s.since == program::effect::at_reload;
            lines.emplace_back(
                s.name.substr(2) + "=" + value, s.from + (is_live ? ", reloadable" : "")
            );
            widest = std::max(widest, lines.back().first.size());
        }
    }
    // So that one long value does not push all the sources out of sight.
    constexpr std::size_t widest_column = 56;
    const auto width = static_cast<int>(std::min(widest, widest_column));
    for (const auto& [line, from] : lines) {
        std::printf("%-*s  # %s\n", width, line.c_str(), from.c_str());
    }
    for (const auto& line : settings.warnings) {
        std::fprintf(stderr, "gim: warning: %s\n", line.c_str());
    }
    if (!settings.options.snapshot.empty()) {
        const snapshot_file snapshot(settings.options.snapshot);
        snapshot.check_folder();
        snapshot.open();
    }
    // What is left out of a key set, beside the report.
    spdlog::set_default_logger(spdlog::stderr_logger_st("gim"));
    spdlog::set_pattern("gim: %v");
    const auto tls = open_tls(settings.options);
    const auto tokens = open_authority(settings.options);
    std::printf("\n%s\n", describe_logins(settings.options, tokens).c_str());
    return 0;
}

}  // namespace gim::cmd
