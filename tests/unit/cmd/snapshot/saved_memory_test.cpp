#include "gim/snapshot/saved_memory.hpp"

#include "gim/snapshot/snapshot_file.hpp"
#include "node/node.hpp"
#include "storage/memory/memory_store.hpp"
#include "support/own_folder.hpp"
#include "support/run.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using gim::cmd::saved_memory;
using gim::cmd::snapshot_file;
using gim::test::content_of;
using gim::test::own_folder;
using gim::test::run_ok;
using gim::test::write_file;
using names = std::set<std::string>;
namespace storage = gim::storage;
namespace node = gim::node;

namespace {

// A node whose workers do not run.
struct still_node {
    explicit still_node(const std::string& epoch)
        : pool(2), all(pool, options(epoch)), memory(all, stores) {}

    node::node_options options(const std::string& epoch) {
        node::node_options out;
        out.make_store = [this, epoch](std::size_t worker) {
            storage::memory_store_options o;
            o.epoch = epoch;
            o.worker = static_cast<unsigned>(worker);
            auto made = std::make_unique<storage::memory_store>(std::move(o));
            stores.push_back(made.get());
            return made;
        };
        out.wall_clock = [] { return 1'700'000'000'000; };
        return out;
    }
    void add_user(const std::string& id) { run_ok(all.home_of_user(id).store->put_user({id, id})); }
    void save(storage::snapshot_writer& to) const {
        memory.begin(to);
        for (std::size_t w = 0; w < stores.size(); ++w) {
            memory.save_rooms(w, to);
        }
        for (std::size_t w = 0; w < stores.size(); ++w) {
            memory.save_rest(w, to);
        }
        to.finish();
    }

    gim::worker::worker_pool pool;
    std::vector<storage::memory_store*> stores;
    node::node all;
    node::node_snapshot memory;
};

void save(const still_node& from, const snapshot_file& to) {
    gim::cmd::save_memory(to, [&](storage::snapshot_writer& w) { from.save(w); });
}

}  // namespace

TEST_CASE("what one process saves the next one has, and nobody after it") {
    const own_folder folder;
    const snapshot_file file(folder / "memory");
    still_node old("e1");
    old.add_user("ann");
    old.add_user("bob");
    save(old, file);
    const auto found = saved_memory::find(file, saved_memory::if_damaged::start_empty);
    REQUIRE(found);
    CHECK(found->epoch() == "e1");
    CHECK(folder.names() == names{"memory"});  // whoever fails now has lost nothing

    still_node next(found->epoch());
    found->load_into(next.memory);
    CHECK(next.memory.sizes().users == 2);
    CHECK(folder.names() == names{"memory.read"});
    CHECK(!saved_memory::find(file, saved_memory::if_damaged::start_empty));

    // The next one takes the place of that.
    save(next, file);
    CHECK(folder.names() == names{"memory", "memory.read"});
}

TEST_CASE("a damaged file is set aside, or is an error where it must be whole") {
    const own_folder folder;
    const snapshot_file file(folder / "memory");
    still_node old("e1");
    old.add_user("ann");
    save(old, file);
    auto bytes = content_of(file.path());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(file.path(), bytes);
    CHECK_THROWS_WITH_AS(
        saved_memory::find(file, saved_memory::if_damaged::fail),
        ("--snapshot: " + file.path() + " is damaged: block 0: its checksum is wrong").c_str(),
        std::runtime_error
    );
    CHECK(folder.names() == names{"memory"});
    CHECK(!saved_memory::find(file, saved_memory::if_damaged::start_empty));
    CHECK(folder.names() == names{"memory.damaged"});
    CHECK(content_of(folder / "memory.damaged") == bytes);
}

TEST_CASE("a file that changes while it is read is not gone on from") {
    const own_folder folder;
    const snapshot_file file(folder / "memory");
    still_node old("e1");
    save(old, file);
    const auto found = saved_memory::find(file, saved_memory::if_damaged::start_empty);
    REQUIRE(found);
    write_file(file.path(), "something else");
    still_node next(found->epoch());
    CHECK_THROWS_AS(found->load_into(next.memory), std::runtime_error);
    CHECK(folder.names() == names{"memory"});
}
