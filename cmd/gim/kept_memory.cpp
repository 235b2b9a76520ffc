#include "gim/kept_memory.hpp"

#include "program/process/handover.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <stdexcept>

namespace gim::cmd {

namespace {

// How long requests that have begun may take until the memory is saved.
constexpr std::chrono::seconds freeze_timeout{5};

}  // namespace

kept_memory::kept_memory(const serve_options& options) {
    if (!options.snapshot.empty()) {
        file_.emplace(options.snapshot);
        file_->check_folder();
    }
}

std::optional<saved_memory> kept_memory::find(program::predecessor& before) const {
    if (!file_) {
        return std::nullopt;
    }
    if (const auto path = before.ask_for_memory()) {
        // If that cannot be read, the other one goes on.
        return saved_memory::find(snapshot_file(*path), saved_memory::if_damaged::fail);
    }
    return saved_memory::find(*file_, saved_memory::if_damaged::start_empty);
}

std::string kept_memory::hand_over(server& running) const {
    if (!file_) {
        return std::string(program::handover::none);
    }
    try {
        if (!running.freeze(freeze_timeout)) {
            throw std::runtime_error("snapshot: some requests did not end in time");
        }
        save(running);
        return std::string(program::handover::at) + file_->path();
    } catch (const std::exception& e) {
        spdlog::error("{}", e.what());
        return std::string(program::handover::failed);
    }
}

void kept_memory::take_back(server& running) const {
    if (!file_) {
        return;
    }
    try {
        file_->remove();
    } catch (const std::exception& e) {
        spdlog::error("{}: remove it, it must not be read again", e.what());
    }
    running.thaw();
}

bool kept_memory::save_at_the_end(server& stopped) const {
    if (!file_) {
        return true;
    }
    try {
        if (stopped.connections() > 0 && !stopped.freeze_what_is_kept(freeze_timeout)) {
            spdlog::warn("snapshot: some requests did not end: it may hold a part of what they do");
        }
        save(stopped);
        return true;
    } catch (const std::exception& e) {
        spdlog::error("{}: what was kept in memory is lost", e.what());
        return false;
    }
}

// Nothing that is kept changes any more, so all that was accepted is in it.
void kept_memory::save(server& still) const {
    save_memory(*file_, [&](storage::snapshot_writer& to) { still.save(to); });
}

}  // namespace gim::cmd
