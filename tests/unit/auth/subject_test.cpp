#include "auth/subject.hpp"

#include "model/ids.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

using gim::auth::id_of_subject;
using gim::model::is_valid_id;

namespace {

// What the comment of id_of_subject() says, backwards. Empty: a digest.
std::optional<std::string> subject_of(const std::string& id) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    if (id.starts_with("@@")) {
        return std::nullopt;
    }
    bool is_mapped = false;
    std::string subject;
    for (std::size_t i = 1; i < id.size(); ++i) {
        if (id[i] == '.' && i + 2 < id.size() && is_digit(id[i + 1]) && is_digit(id[i + 2])) {
            subject += static_cast<char>(std::stoi(id.substr(i + 1, 2), nullptr, 16));
            i += 2;
            is_mapped = true;
        } else {
            subject += id[i];
        }
    }
    return is_mapped && id.starts_with('@') ? subject : id;
}

}  // namespace

TEST_CASE("a subject that is an id stays as it is") {
    for (const char* id :
         {"ann",
          "1001",
          "a.b-c_d@e",
          "@",
          "@ann",
          "@ann.7",
          "@a.7c",
          "x@.7C",
          "ann.7C",
          ".40",
          "system"}) {
        CAPTURE(id);
        CHECK(id_of_subject(id) == id);
    }
    CHECK(id_of_subject(std::string(64, 'a')) == std::string(64, 'a'));
}

TEST_CASE("subjects of login providers become ids") {
    CHECK(id_of_subject("auth0|507f1f77bcf86cd799439011") == "@auth0.7C507f1f77bcf86cd799439011");
    CHECK(
        id_of_subject("f:1b2c3d4e-0000-4000-8000-1234567890ab:ann") ==
        "@f.3A1b2c3d4e-0000-4000-8000-1234567890ab.3Aann"
    );
    CHECK(
        id_of_subject("eu-west-1:9d2e8f00-1111-4222-8333-abcdefabcdef") ==
        "@eu-west-1.3A9d2e8f00-1111-4222-8333-abcdefabcdef"
    );
    CHECK(id_of_subject("ann@x.org|y") == "@ann.40x.2Eorg.7Cy");
    CHECK(id_of_subject("\xc3\xa9") == "@.C3.A9");
}

TEST_CASE("a longer subject becomes its digest") {
    const auto id = id_of_subject(std::string(65, 'a'));
    CHECK(id == "@@Y1NhxIu56rFBmOduqKt_GkFoXWrWKqkUbTAdTxfrCuA");
    CHECK(is_valid_id(id));
    CHECK(id != id_of_subject(std::string(66, 'a')));
    // Not longer than an id: 1 + 3 * 21 bytes.
    CHECK(id_of_subject(std::string(21, ':')).size() == 64);
    CHECK(id_of_subject(std::string(22, ':')).starts_with("@@"));
}

TEST_CASE("nobody can choose a subject that is the id of another") {
    for (const char* subject : {"auth0|1", "a:b", "@a.7C", "@@", "@@a"}) {
        const auto id = id_of_subject(subject);
        CAPTURE(id);
        CHECK(id != subject);
        CHECK(id_of_subject(id) != id);
    }
    CHECK(id_of_subject("@auth0.7C1") == "@.40auth0.2E7C1");
    const auto digest = id_of_subject(std::string(100, 'x'));
    CHECK(id_of_subject(digest) != digest);
}

TEST_CASE("every subject has an id of its own, which leads back to it") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string letters = "aA7C4F0.@_-:|\n\xc3";
    std::map<std::string, std::string> subjects;  // by id
    for (int i = 0; i < 20'000; ++i) {
        std::string subject(1 + random() % (i % 10 == 0 ? 80 : 8), '\0');
        std::ranges::generate(subject, [&] { return letters[random() % letters.size()]; });
        if (random() % 4 == 0) {
            subject = id_of_subject(subject);
        }
        CAPTURE(subject);
        const auto id = id_of_subject(subject);
        REQUIRE(is_valid_id(id));
        REQUIRE(subjects.emplace(id, subject).first->second == subject);
        REQUIRE(subject_of(id).value_or(subject) == subject);
    }
}
