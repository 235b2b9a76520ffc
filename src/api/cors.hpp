#pragma once

#include "api/answer.hpp"
#include "net/origin.hpp"

#include <optional>
#include <string>
#include <string_view>

// What browsers are told about pages of other origins (the Fetch standard, 3.2): whether they may
// read an answer, and what they may ask. It binds browsers only.
namespace gim::api {

// The fields of an answer to a request with that Origin, or none, as for each answer that is for no
// page.
void add_cors(
    answer& a,
    std::optional<std::string_view> origin,
    const net::allowed_origins& allowed,
    const std::string& trace_header
);

// The answer to a browser that asks whether a page may ask (3.2.2), or a refusal with 403.
// `methods` are those that the path takes.
answer
preflight_answer(std::string_view origin, const net::allowed_origins& allowed, std::string methods);

}  // namespace gim::api
