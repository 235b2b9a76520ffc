#pragma once

#include "model/error.hpp"
#include "model/replies.hpp"
#include "net/http_head.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the API answers, before it is bytes on a connection.
namespace gim::api {

// Whether pages of other origins may read an answer, if --allowed-origins has them.
enum class audience { everyone, no_page };

struct answer {
    unsigned status = 200;
    std::string_view content_type = "application/json";  // lives as long as the process
    std::string body;
    // Further fields. Values hold no control characters: they are written as they are.
    std::vector<std::pair<std::string, std::string>> fields;
    audience readers = audience::everyone;
    // What a browser is told that a page may ask; empty: it did not want to know.
    std::string preflight_methods;
    bool is_last = false;  // the connection ends behind it
};

// {"code":0,"msg":"","data":{...}} with 200, or {"code":...,"msg":...} with the code as HTTP
// status, and Retry-After if it is known.
answer to_answer(const model::result<model::reply>& outcome);
// 200, with `data` (one JSON value) in place of a reply.
answer data_answer(std::string_view data);
// {"code":status,"msg":message}. REQUIRES: `message` is UTF-8.
answer error_answer(unsigned status, std::string message);

// The bytes of an answer that ends the connection, of whatever was refused before it was a request.
std::string refusal_text(const net::http_error& why);

// What becomes of the connection after the answer.
enum class persistence {
    keep,          // HTTP/1.1: says nothing, the connection stays
    keep_and_say,  // HTTP/1.0: stays because the client asked for it, and is told so
    close
};

// The status line and the fields up to the empty line (RFC 9112, 4 and 5). Content-Length is that
// of the body, whether it is then sent or not (HEAD).
std::string head_text(const answer& a, persistence connection);

}  // namespace gim::api
