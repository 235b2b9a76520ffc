#include "gim/serve.hpp"

#include "api/api_server.hpp"
#include "auth/authority.hpp"
#include "gateway/gateway.hpp"
#include "gateway/router.hpp"
#include "gim/auth_keys.hpp"
#include "gim/log_sink.hpp"
#include "net/admission.hpp"
#include "net/listener.hpp"
#include "net/tls_context.hpp"
#include "session/services.hpp"
#include "storage/memory_store.hpp"
#include "worker/worker_pool.hpp"

#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace gim::cmd {
namespace {

namespace asio = boost::asio;

// How long clients may take to answer the close and to read what waits for them, before the process
// ends without them.
constexpr std::chrono::seconds stop_timeout{5};
// How long the workers may take to let go of sockets that were closed under them.
constexpr std::chrono::seconds abort_timeout{2};

std::int64_t wall_clock_ms() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

void set_up_log(const serve_options& options) {
    auto log = std::make_shared<spdlog::logger>("gim", std::make_shared<log_sink>(STDERR_FILENO));
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    log->set_level(spdlog::level::from_str(options.log_level));
    spdlog::set_default_logger(std::move(log));
}

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

session::node_options node_options(const serve_options& options, worker::worker_pool& workers) {
    session::node_options out;
    out.batching.mode =
        options.message_sequence ? push::batch_mode::full : push::batch_mode::latest;
    out.batching.count = options.push_count;
    out.batching.interval = options.push_interval;
    out.flush_limit = options.push_concurrency_limit;
    out.connections_per_user = options.connections_per_user;
    out.requests.most = options.request_memory;
    out.wall_clock = wall_clock_ms;
    out.quotas = options.quotas;
    out.make_store = [most = options.storage.share_of(workers.size()),
                      epoch = storage::random_epoch(),
                      &workers](std::size_t worker) {
        storage::memory_store_options store;
        store.most = most;
        store.epoch = epoch;
        store.worker = static_cast<unsigned>(worker);
        store.count = &workers.at(worker).counters();
        return std::make_unique<storage::memory_store>(std::move(store));
    };
    return out;
}

gateway::gateway_options
gateway_options(const serve_options& options, const net::tls_context* tls) {
    gateway::gateway_options out = options.gateway;
    out.tls = tls;
    out.first_form = options.protocol == message_protocol::proto ? protocol::wire_form::protobuf
                                                                 : protocol::wire_form::json_text;
    out.heartbeat_interval = options.heartbeat_interval;
    out.flushing.window = options.write_coalesce;
    out.upgrade_timeout = options.http_header_timeout;
    out.http = options.http;
    out.doors = options.doors;
    return out;
}

api::api_options api_options(const serve_options& options, const net::tls_context* tls) {
    api::api_options out;
    out.tls = tls;
    out.trace_header = options.trace_header;
    out.keys = options.api_keys;
    out.version = GIM_VERSION;
    out.head_timeout = options.http_header_timeout;
    out.body_timeout = options.http_body_timeout;
    out.idle_timeout = options.http_idle_timeout;
    out.http = options.http;
    out.doors = options.doors;
    return out;
}

auth::authority_options authority_options(const serve_options& options) {
    auth::authority_options out;
    out.logins = options.auth;
    out.secret = options.token_secret;
    out.keys = read_auth_keys(options);
    out.parties = options.token_parties;
    out.token_ttl = std::chrono::duration_cast<std::chrono::seconds>(options.token_ttl);
    return out;
}

// Who may log in: a line for the log.
std::string describe_logins(const serve_options& options, const auth::authority& tokens) {
    if (options.auth == auth::login_mode::token) {
        return "--auth token: a login needs a token; " + tokens.description();
    }
    std::string text = "--auth none: who connects is who they say; ";
    text += options.insecure ? "--insecure lets everybody connect"
                             : "so only this machine may connect, others need --insecure";
    return text;
}

// Empty, with one line on stderr, if it cannot listen there.
std::optional<net::listeners>
listen(const char* door, const net::address& where, std::size_t workers) {
    auto opened = net::open_listeners(where, workers);
    if (!opened) {
        const auto at = net::to_string(where);
        std::fprintf(
            stderr,
            "gim: %s: cannot listen on %s: %s\n",
            door,
            at.c_str(),
            opened.error().message().c_str()
        );
        return std::nullopt;
    }
    return std::move(*opened);
}

// Null without TLS. Empty, with one line on stderr, if a file is not good.
std::optional<std::unique_ptr<net::tls_context>> open_tls(const serve_options& options) {
    if (options.tls_cert.empty()) {
        return std::unique_ptr<net::tls_context>();
    }
    auto opened = net::tls_context::open({options.tls_cert, options.tls_key});
    if (!opened) {
        std::fprintf(stderr, "gim: TLS: %s\n", opened.error().message.c_str());
        return std::nullopt;
    }
    return std::move(*opened);
}

// One line each without a time stamp, whatever the log level: scripts wait for them and read the
// port.
void announce(const char* door, const asio::ip::tcp::endpoint& where) {
    std::fprintf(stderr, "%s listening on %s\n", door, net::to_string(where).c_str());
}

net::admission_options admission_options(const serve_options& options) {
    auto out = options.admission;
    const bool asks_nobody = options.auth == auth::login_mode::none;
    out.from =
        asks_nobody && !options.insecure ? net::welcome::this_machine : net::welcome::everywhere;
    return out;
}

// The whole server, in the order in which its parts depend on each other.
class server {
public:
    // `tls` may be null: both doors are plain then.
    server(
        const serve_options& options,
        std::unique_ptr<net::tls_context> tls,
        auth::authority tokens,
        net::listeners gateway_sockets,
        net::listeners api_sockets
    )
        : tls_(std::move(tls)),
          gateway_options_(cmd::gateway_options(options, tls_.get())),
          api_options_(cmd::api_options(options, tls_.get())),
          workers_(options.gateway_workers),
          node_(workers_, cmd::node_options(options, workers_)),
          tokens_(std::move(tokens)),
          services_(node_, tokens_),
          admission_(cmd::admission_options(options)),
          router_(services_, node_, gateway_options_),
          gateway_(workers_, std::move(gateway_sockets), admission_, gateway_options_, router_),
          api_(
              workers_,
              std::move(api_sockets),
              admission_,
              api_options_,
              services_,
              tokens_,
              node_
          ) {
        for (std::size_t w = 0; w < workers_.size(); ++w) {
            node_.at(w).closer = &gateway_.closer(w);
        }
    }

    ~server() {
        // The threads end before what they work on.
        workers_.stop();
    }

    void start() {
        workers_.start();
        gateway_.start();
        api_.start();
    }

    // Nothing accepted is lost: what waits in the rooms is pushed, then the closes go out behind
    // it.
    void stop() {
        gateway_.stop_accepting();
        api_.stop_accepting();
        on_every_worker([this](std::size_t w) { node_.at(w).rooms.flush_all(); });
        // What the rooms handed to other workers has arrived when those have had another turn.
        on_every_worker([](std::size_t) {});
        gateway_.close_all(protocol::close_code::going_away, "server stops");
        api_.close_all();
    }

    // Reads again, on the calling thread, what may change while the server runs. Who is connected
    // stays so; what cannot be read is as before.
    void reload() {
        if (tls_ == nullptr) {
            spdlog::info("nothing to reload");
        } else if (const auto reloaded = tls_->reload()) {
            spdlog::info("TLS: certificate and key reloaded");
        } else {
            spdlog::error("TLS: going on with the old certificate: {}", reloaded.error().message);
        }
    }

    // Closes every socket now.
    void abort() {
        gateway_.abort_all();
        api_.abort_all();
    }

    bool has_connections() const { return gateway_.connections() + api_.connections() > 0; }

private:
    // Returns when `f` has run on all of them.
    template <class F>
    void on_every_worker(F f) {
        for (std::size_t w = 0; w < workers_.size(); ++w) {
            std::promise<void> done;
            workers_.at(w).post([&] {
                f(w);
                done.set_value();
            });
            done.get_future().wait();
        }
    }

    const std::unique_ptr<net::tls_context> tls_;
    const gateway::gateway_options gateway_options_;
    const api::api_options api_options_;
    worker::worker_pool workers_;
    session::node node_;
    const auth::authority tokens_;
    session::services services_;
    net::admission admission_;
    gateway::router router_;
    gateway::gateway gateway_;
    api::api_server api_;
};

// The signals to the server, on the main thread's own loop. They count from its construction on.
class process_signals {
public:
    // Returns when one that stops has come. Calls `reload` for each SIGHUP until then.
    void wait(const std::function<void()>& reload) {
        expect();
        expect_hangup(reload);
        context_.run();
        hangups_.cancel();  // from now on they are nobody's
    }
    // Returns true when `done()` is true, false when the time is over or one more signal has come.
    bool wait_for(std::chrono::milliseconds time, const std::function<bool()>& done) {
        context_.restart();
        expect();
        const auto deadline = std::chrono::steady_clock::now() + time;
        while (!done()) {
            if (context_.stopped() || std::chrono::steady_clock::now() >= deadline) {
                return false;
            }
            context_.run_for(std::chrono::milliseconds(10));
        }
        return true;
    }

private:
    void expect() {
        stops_.async_wait([this](boost::system::error_code ec, int signal) {
            if (!ec) {
                spdlog::info("signal {}: stopping", signal);
                context_.stop();
            }
        });
    }

    void expect_hangup(const std::function<void()>& reload) {
        hangups_.async_wait([this, &reload](boost::system::error_code ec, int) {
            if (!ec) {
                reload();
                expect_hangup(reload);
            }
        });
    }

    asio::io_context context_{1};
    asio::signal_set stops_{context_, SIGINT, SIGTERM};
    asio::signal_set hangups_{context_, SIGHUP};
};

}  // namespace

int serve(const serve_options& options) {
    set_up_log(options);
    // A log that has reached the limit of a file's size is an error of write(), not our end.
    std::signal(SIGXFSZ, SIG_IGN);
    allow_many_descriptors();
    auto tls = open_tls(options);
    if (!tls) {
        return 1;
    }
    auth::authority tokens(authority_options(options));
    const auto logins = describe_logins(options, tokens);
    auto gateway_sockets = listen("gateway", options.gateway_address, options.gateway_workers);
    if (!gateway_sockets) {
        return 1;
    }
    auto api_sockets = listen("api", options.api_address, options.gateway_workers);
    if (!api_sockets) {
        return 1;
    }
    const auto gateway_at = gateway_sockets->endpoint;
    const auto api_at = api_sockets->endpoint;
    process_signals signals;
    server running(
        options,
        std::move(*tls),
        std::move(tokens),
        std::move(*gateway_sockets),
        std::move(*api_sockets)
    );
    running.start();
    announce("gateway", gateway_at);
    announce("api", api_at);
    spdlog::info("{}", logins);
    say_if_descriptors_are_few(options.admission.connections);
    if (!options.tls_cert.empty()) {
        spdlog::info("both ports speak TLS");
    }
    signals.wait([&] { running.reload(); });

    running.stop();
    const auto all_left = [&] { return !running.has_connections(); };
    if (!signals.wait_for(stop_timeout, all_left)) {
        running.abort();
        if (!signals.wait_for(abort_timeout, all_left)) {
            // What still runs must not see its server destroyed.
            spdlog::error("some connections did not end");
            std::_Exit(1);
        }
    }
    return 0;
}

}  // namespace gim::cmd
