#include "storage/memory/memory_stores.hpp"

#include <string>
#include <utility>

namespace gim::storage {

memory_stores::memory_stores(worker::worker_pool& workers)
    : workers_(workers),
      limits_(std::make_shared<shared_limits>(workers.size(), [this](std::size_t worker) {
          workers_.at(worker).post([store = all_[worker]] { store->evict(); });
      })) {}

std::unique_ptr<memory_store> memory_stores::make(memory_store_options options) {
    limits_->set(options.most);
    options.worker = static_cast<unsigned>(all_.size());
    options.together = limits_;
    options.forgotten_session = [this](const model::session_id& session, std::int64_t last_ms) {
        unlist(session, last_ms);
    };
    auto made = std::make_unique<memory_store>(std::move(options));
    all_.push_back(made.get());
    return made;
}

// At the homes of both users.
void memory_stores::unlist(const model::session_id& session, std::int64_t last_ms) {
    const auto [one, other] = session.parties();
    for (const auto user : {one, other}) {
        auto& home = workers_.home(user);
        home.run([store = all_[home.index()], user = std::string(user), session, last_ms] {
            store->unlist(user, session, last_ms);
        });
    }
}

}  // namespace gim::storage
