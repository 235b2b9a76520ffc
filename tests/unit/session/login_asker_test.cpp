#include "session/login_asker.hpp"

#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gim;
using namespace gim::test;
using model::login_request;
using model::status;

namespace {

// Answers at once what it was told to, and notes what it was asked.
class noting_asker final : public session::login_asker {
public:
    worker::async_result<auth::identity> ask(const session::login_question& q) override {
        asked.push_back(q);
        co_return answer;
    }

    std::vector<session::login_question> asked;
    model::result<auth::identity> answer = auth::identity{"ann", {}, {}, {}};
};

auth::authority_options asking() {
    auth::authority_options o;
    o.logins = auth::login_mode::url;
    return o;
}

login_request asking_as(std::string id, std::optional<std::string> token) {
    login_request r;
    r.id = std::move(id);
    r.name = "Ann";
    r.token = std::move(token);
    return r;
}

// A server whose logins are asked of `asker`.
struct asking_server {
    running_server server{1};
    noting_asker asker;
    auth::authority tokens{asking()};
    session::services services{server.all, tokens, &asker};

    model::result<auth::identity> admit(const login_request& r) {
        const std::string address = "10.0.0.1";
        return run_on(server.pool.at(0), [&] { return services.logins.admit(r, address); });
    }
};

}  // namespace

TEST_CASE("who a login is from is asked with all that the client gave") {
    asking_server s;
    const auto who = s.admit(asking_as("ann", "ticket"));
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->name == "Ann");
    REQUIRE(s.asker.asked.size() == 1);
    CHECK(s.asker.asked[0].token == "ticket");
    CHECK(s.asker.asked[0].id == "ann");
    CHECK(s.asker.asked[0].name == "Ann");
    CHECK(s.asker.asked[0].address == "10.0.0.1");
    CHECK(s.services.logins.needs_proof());
    s.asker.answer->name = "Annie";
    CHECK(s.admit(asking_as("", "ticket"))->name == "Annie");
    CHECK(s.admit(asking_as("ann", {}))->id() == "ann");
    CHECK(code_of(s.admit(asking_as("bob", "ticket"))) == 403);
}

TEST_CASE("nobody is asked about nothing, about noise and about too much") {
    asking_server s;
    CHECK(s.admit(asking_as("", {})).error().message == "token: missing");
    for (const auto& token : {std::string(4097, 'a'), std::string("\xff"), std::string("a\xc3")}) {
        const auto who = s.admit(asking_as("ann", token));
        CHECK(code_of(who) == 401);
        CHECK(who.error().message == "token: not valid");
    }
    CHECK(s.asker.asked.empty());
    CHECK(s.admit(asking_as("", std::string(4096, 'a'))));
}

TEST_CASE("what the asker refuses is the answer") {
    asking_server s;
    s.asker.answer = model::error{status::unauthorized, "token: not valid"};
    CHECK(code_of(s.admit(asking_as("ann", "ticket"))) == 401);
    s.asker.answer = model::error{status::unavailable, "later"};
    CHECK(code_of(s.admit(asking_as("ann", "ticket"))) == 503);
    CHECK(s.admit(asking_as("ann", "ticket")).error().message == "later");
}
