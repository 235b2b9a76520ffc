#include "session/content_hash.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using gim::session::content_hash;

TEST_CASE("the hash is the same in every process") {
    CHECK(content_hash("") == 0);
    CHECK(content_hash("hello") == content_hash(std::string("hello")));
    CHECK(content_hash("a message of more than one word", 7) == 6819524022756353152U);
}

TEST_CASE("contents that differ in any byte, in length or in what came before differ") {
    std::set<std::uint64_t> all;
    std::string text(40, 'x');
    all.insert(content_hash(text));
    for (auto& c : text) {
        c = 'y';
        all.insert(content_hash(text));
        c = 'x';
    }
    CHECK(all.size() == 41);
    for (std::size_t n = 0; n < text.size(); ++n) {
        all.insert(content_hash(text.substr(0, n)));
        all.insert(content_hash(std::string(n + 1, '\0')));
    }
    CHECK(all.size() == 41 + 2 * text.size());
    all.insert(content_hash(text, 1));
    CHECK(all.size() == 42 + 2 * text.size());
}
