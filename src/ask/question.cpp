#include "ask/question.hpp"

#include "json/json_writer.hpp"

#include <openssl/evp.h>
#include <stdexcept>

namespace gim::ask {

using json::operator""_json;

std::string question_json(const session::login_question& q) {
    base::text_buffer text;
    json::json_writer<json::json_level::plain> to(text);
    to.text(R"({"address":)"_json, q.address);
    if (q.token) {
        to.text(R"(,"token":)"_json, *q.token);
    }
    if (!q.id.empty()) {
        to.text(R"(,"id":)"_json, q.id);
    }
    if (q.name) {
        to.text(R"(,"name":)"_json, *q.name);
    }
    to.raw("}"_json);
    return std::string(text.view());
}

digest digest_of(std::string_view text) {
    digest out{};
    if (EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("cannot digest");
    }
    return out;
}

}  // namespace gim::ask
