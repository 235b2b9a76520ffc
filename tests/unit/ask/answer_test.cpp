#include "ask/answer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace gim::ask;
using namespace std::chrono_literals;

template <class T>
struct doctest::StringMaker<gim::ask::answer_result<T>> {
    static String convert(const gim::ask::answer_result<T>& answer) {
        return answer ? "an answer" : std::string(describe(answer.error())).c_str();
    }
};

namespace {

constexpr std::int64_t now = 1'800'000'000'000;

answer_result<accepted> read(std::string body, std::string cache_control = "") {
    return read_answer({200, std::move(cache_control), std::move(body)}, now);
}

std::string fault_of(const answer_result<accepted>& answer) {
    return answer ? "none" : std::string(describe(answer.error()));
}

}  // namespace

TEST_CASE("an answer says who it is, as a token does") {
    const auto all = read(
        R"( {"other":{"id":"no"},"id":"ann","name":"Ann \u00e9","rooms":["b","a"],"expires_in":60} )"
    );
    REQUIRE(all);
    CHECK(all->who.id() == "ann");
    CHECK(all->who.name == "Ann \xc3\xa9");
    CHECK(all->who.expires_at == now + 60'000);
    CHECK(all->who.rooms.allows("a"));
    CHECK_FALSE(all->who.rooms.allows("c"));
    CHECK(all->keep == 0ms);

    const auto short_one = read(R"({"id":"ann","name":null,"expires_in":null})");
    REQUIRE(short_one);
    CHECK_FALSE(short_one->who.name);
    CHECK_FALSE(short_one->who.expires_at);
    CHECK(short_one->who.rooms.allows("c"));
    CHECK_FALSE(read(R"({"id":"ann","rooms":[]})")->who.rooms.allows("a"));
}

TEST_CASE("401 and 403 refuse, whatever else they say; other statuses say nothing") {
    for (const unsigned status : {401U, 403U}) {
        CHECK(read_answer({status, "", R"({"id":"ann"})"}, now).error() == answer_fault::refused);
    }
    for (const unsigned status : {0U, 100U, 201U, 204U, 301U, 302U, 304U, 400U, 404U, 429U, 500U}) {
        CAPTURE(status);
        CHECK(read_answer({status, "", R"({"id":"ann"})"}, now).error() == answer_fault::status);
    }
}

TEST_CASE("an answer that is not what it must be lets nobody in") {
    struct row {
        std::string body;
        answer_fault fault;
    };
    using fault = answer_fault;
    const std::vector<row> rows{
        {"", fault::json},
        {"null", fault::json},
        {"true", fault::json},
        {"\"ann\"", fault::json},
        {R"([{"id":"ann"}])", fault::json},
        {"<html>", fault::json},
        {R"({"id":"ann")", fault::json},
        {R"({"id":"ann"} x)", fault::json},
        {R"({"id":"ann"}{"id":"bob"})", fault::json},
        {R"({"id":"ann","id":"root"})", fault::json},
        {"{\"id\":\"\xff\"}", fault::json},
        {std::string("{\"id\":\"ann\"}\0", 13), fault::json},
        {"{}", fault::id},
        {R"({"id":null})", fault::id},
        {R"({"id":1001})", fault::id},
        {R"({"id":""})", fault::id},
        {R"({"id":"\ud800"})", fault::id},
        {R"({"id":"system"})", fault::back_end},
        {R"({"id":["ann"]})", fault::id},
        {R"({"ID":"ann"})", fault::id},
        {R"({"id":"ann","rooms":"a"})", fault::rooms},
        {R"({"id":"ann","rooms":null})", fault::rooms},
        {R"({"id":"ann","rooms":{}})", fault::rooms},
        {R"({"id":"ann","rooms":["a",1]})", fault::rooms},
        {R"({"id":"ann","rooms":["1:a"]})", fault::rooms},
        {R"({"id":"ann","rooms":[["a"]]})", fault::rooms},
        {R"({"id":"ann","expires_in":0})", fault::expires_in},
        {R"({"id":"ann","expires_in":-1})", fault::expires_in},
        {R"({"id":"ann","expires_in":0.9})", fault::expires_in},
        {R"({"id":"ann","expires_in":"60"})", fault::expires_in},
        {R"({"id":"ann","expires_in":true})", fault::expires_in},
        {R"({"id":"ann","expires_in":3153600001})", fault::expires_in},
        {R"({"id":"ann","expires_in":18446744073709551615})", fault::expires_in},
        {R"({"id":"ann","expires_in":1e300})", fault::expires_in},
    };
    for (const auto& r : rows) {
        CAPTURE(r.body);
        CHECK(fault_of(read(r.body)) == describe(r.fault));
    }
    CHECK(read(R"({"id":"ann","expires_in":3153600000})"));
}

TEST_CASE("an answer has users, names and times as tokens have them") {
    CHECK(read(R"({"id":"auth0|1"})")->who.id() == "@auth0.7C1");
    CHECK(read(R"({"id":")" + std::string(65, 'a') + "\"}")->who.id().starts_with("@@"));
    CHECK(read(R"({"id":"ann","name":"a\nb"})")->who.name == "ab");
    CHECK(read(R"({"id":"ann","name":")" + std::string(65, 'a') + "\"}")->who.name->size() == 64);
    for (const char* name : {"5", "\"\"", "{}"}) {
        CHECK_FALSE(read(R"({"id":"ann","name":)" + std::string(name) + "}")->who.name);
    }
    CHECK(read(R"({"id":"ann","expires_in":60.0})")->who.expires_at == now + 60'000);
    CHECK(read(R"({"id":"ann","expires_in":1.5})")->who.expires_at == now + 1'500);
    const auto deep = std::string(40, '[') + "1e999" + std::string(40, ']');
    CHECK(read(R"({"id":"ann","x":)" + deep + R"(,"x":{"a":1,"a":2}})"));
}

TEST_CASE("an answer is kept for as long as it says, and no longer than the login lasts") {
    const std::string body = R"({"id":"ann"})";
    struct row {
        const char* cache_control;
        std::chrono::seconds keep;
    };
    for (const auto& r : {
             row{"", 0s},
             row{"max-age=60", 60s},
             row{"Max-Age=60", 60s},
             row{" private ,\tmax-age=60 , x=1,", 60s},
             row{"max-age=60,max-age=30", 30s},
             row{"max-age=0", 0s},
             row{"max-age=60, no-store", 0s},
             row{"No-Cache, max-age=60", 0s},
             row{"no-cache=\"x\",max-age=60", 0s},
             row{"max-age", 0s},
             row{"max-age=", 0s},
             row{"max-age=-1", 0s},
             row{"max-age=1.5", 0s},
             row{"max-age=6x", 0s},
             row{"max-age= 60", 0s},
             row{"s-maxage=60", 0s},
             row{"xmax-age=60", 0s},
             row{"max-age=99999999", 24h},
             row{"max-age=99999999999999999999999999", 24h},
             row{",,,=,", 0s},
         }) {
        CAPTURE(r.cache_control);
        const auto answer = read(body, r.cache_control);
        REQUIRE(answer);
        CHECK(answer->keep == r.keep);
    }
    CHECK(read(R"({"id":"ann","expires_in":10})", "max-age=60")->keep == 10s);
    CHECK(read(R"({"id":"ann","expires_in":100})", "max-age=60")->keep == 60s);
}

TEST_CASE("every fault is told in words of its own") {
    std::set<std::string_view> told;
    for (int i = 0; i <= static_cast<int>(answer_fault::timed_out); ++i) {
        told.insert(describe(static_cast<answer_fault>(i)));
    }
    CHECK(told.size() == static_cast<std::size_t>(answer_fault::timed_out) + 1);
    CHECK(told.count("unknown") == 0);
}

TEST_CASE("noise never throws, and lets nobody in who has no id") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string good = R"({"id":"ann","name":"Ann","rooms":["a","b"],"expires_in":60})";
    for (int i = 0; i < 2000; ++i) {
        std::string noise(random() % 100, '\0');
        std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
        CHECK_FALSE(read(noise, noise));
        auto broken = good;
        broken[random() % broken.size()] = static_cast<char>(random());
        const auto answer = read(broken, noise);
        if (answer) {
            CHECK_FALSE(answer->who.id().empty());
            CHECK(answer->keep <= longest_keep);
        }
    }
}
