#include "gim/serve.hpp"

#include "gim/credentials.hpp"
#include "gim/drain.hpp"
#include "gim/free_memory.hpp"
#include "gim/kept_memory.hpp"
#include "gim/live_settings.hpp"
#include "gim/server.hpp"
#include "gim/server_log.hpp"
#include "net/listener.hpp"
#include "program/environment.hpp"
#include "program/process/inherited_sockets.hpp"
#include "program/process/main_loop.hpp"
#include "program/process/pid_file.hpp"
#include "program/process/predecessor.hpp"
#include "program/process/service_manager.hpp"
#include "program/process/successor.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gim::cmd {
namespace {

// How often lines that the log has lost are counted.
constexpr std::chrono::seconds lost_lines_interval{1};

// A connection is a descriptor; the soft limit of 1024 that many systems begin with is for
// select().
void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void say_if_descriptors_are_few(std::size_t connections) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < connections) {
        spdlog::info(
            "descriptors end before --max-connections={}: there are {} (ulimit -n)",
            connections,
            limit.rlim_cur
        );
    }
}

// On the sockets that the process was born with, else on new ones. Empty, with one line on stderr,
// if it cannot listen there.
std::optional<net::listeners> listen(
    const char* door,
    program::inherited_sockets& inherited,
    const net::address& where,
    std::size_t workers
) {
    auto given = inherited.take(door);
    const bool is_inherited = !given.empty();
    auto opened = is_inherited ? net::adopt_listeners(std::move(given), workers)
                               : net::open_listeners(where, workers);
    if (!opened) {
        const auto at = is_inherited ? "inherited sockets (at most one for each worker)"
                                     : net::to_string(where);
        std::fprintf(
            stderr,
            "gim: %s: cannot listen on %s: %s\n",
            door,
            at.c_str(),
            opened.error().message().c_str()
        );
        return std::nullopt;
    }
    if (!is_inherited && !where.ip && opened->endpoint.protocol() == boost::asio::ip::tcp::v4()) {
        spdlog::info("{}: this machine has no IPv6, so every interface means IPv4 only", door);
    }
    return std::move(*opened);
}

// One line each without a time stamp, whatever the log level: scripts wait for them and read the
// port.
void announce(const char* door, const boost::asio::ip::tcp::endpoint& where) {
    std::fprintf(stderr, "%s listening on %s\n", door, net::to_string(where).c_str());
}

// To whoever waits for it: the service manager, and the process that this one replaces.
void say_that_it_serves(program::predecessor& before, const program::service_manager& manager) {
    manager.ready();
    before.say_that_we_serve();
}

// Going on without the file beats not serving.
void claim(program::pid_file& own) {
    if (const program::problem bad = own.claim()) {
        spdlog::error("--pid-file: {}", *bad);
    }
}

}  // namespace

int serve(serve_settings settings, const std::vector<std::string>& arguments) {
    // A log that has reached the limit of a file's size, or a pipe that nobody reads any more, is
    // an error of write(), not our end.
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    server_log log(settings.options);
    for (const auto& line : settings.warnings) {
        spdlog::warn("settings: {}", line);
    }
    live_settings live(std::move(settings), arguments, program::process_environment());
    const auto& options = live.options();
    allow_many_descriptors();
    const kept_memory memory(options);
    program::inherited_sockets inherited(program::process_environment());
    const program::service_manager manager(program::process_environment());
    auto tls = open_tls(options);
    auto tokens = open_authority(options);
    const auto logins = describe_logins(options, tokens);
    const auto workers = options.gateway_workers;
    auto gateway_sockets = listen("gateway", inherited, options.gateway_address, workers);
    if (!gateway_sockets) {
        return 1;
    }
    auto api_sockets = listen("api", inherited, options.api_address, workers);
    if (!api_sockets) {
        return 1;
    }
    program::pid_file own_pid(options.pid_file);
    const auto gateway_at = gateway_sockets->endpoint;
    const auto api_at = api_sockets->endpoint;
    program::main_loop loop;
    program::successor next(loop.context(), arguments);
    next.keep("gateway", *gateway_sockets);
    next.keep("api", *api_sockets);
    // Nothing that fails comes behind it but the reading itself: so it is not lost for nothing.
    program::predecessor before(std::move(inherited.predecessor()));
    const auto saved = memory.find(before);
    server running(
        options,
        saved ? saved->epoch() : storage::random_epoch(),
        std::move(tls),
        std::move(tokens),
        std::move(*gateway_sockets),
        std::move(*api_sockets)
    );
    if (saved) {
        saved->load_into(running.memory());
    }
    running.start();
    announce("gateway", gateway_at);
    announce("api", api_at);
    spdlog::info("{}", logins);
    say_if_descriptors_are_few(options.admission.connections);
    if (!options.tls_cert.empty()) {
        spdlog::info("both ports speak TLS");
    }
    loop.repeat(give_back_interval, give_back_free_memory);
    loop.repeat(lost_lines_interval, [&] { running.count_lost_lines(log.take_lost()); });
    if (manager.watchdog()) {
        loop.repeat(*manager.watchdog() / 3, [&] {
            if (running.has_pulse()) {
                manager.alive();
            }
        });
    }
    claim(own_pid);  // before the predecessor ends, which would take its own away
    say_that_it_serves(before, manager);

    auto service = server::goes_on::nowhere;
    const program::successor::outcome outcome{
        [&](pid_t process) {
            spdlog::info("process {} serves now", process);
            manager.moved_to(process);
            service = server::goes_on::in_other_process;
            loop.stop();
        },
        [&](const std::string& why) {
            memory.take_back(running);
            spdlog::error("no new process, this one goes on: {}", why);
            claim(own_pid);  // it may have come to name the other one; reload-binary waits for it
        },
        [&] { return memory.hand_over(running); }};
    loop.run(
        {[&] {
             log.reopen();
             live.read_again([&](auth::authority keys) {
                 running.reload(options, std::move(keys));
                 log.set_level(options.log_level);
             });
             running.reload_certificate();
         },
         [&] {
             spdlog::info("starting a new process");
             next.start(outcome);
         }}
    );

    next.give_up();
    if (service == server::goes_on::nowhere) {
        manager.stopping();
    }
    const auto end = drain(running, service, loop, options);
    running.leave();
    const bool is_ours = service == server::goes_on::nowhere;
    const bool is_saved = !is_ours || memory.save_at_the_end(running);
    if (end == drained::in_part) {
        // The connections that still run must not see their server destroyed, so no destructor
        // runs.
        own_pid.remove();
        std::_Exit(1);
    }
    return is_saved ? 0 : 1;
}

}  // namespace gim::cmd
