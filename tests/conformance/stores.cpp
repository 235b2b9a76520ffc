#include "conformance/store_conformance.hpp"
#include "storage/memory_store.hpp"

namespace gim::test {

const std::vector<store_kind>& store_kinds() {
    static const std::vector<store_kind> kinds{
        {"memory",
         [](std::size_t history) {
             storage::memory_store_options options;
             options.most.history = history;
             return std::make_unique<storage::memory_store>(options);
         }},
    };
    return kinds;
}

}  // namespace gim::test
