#include "fuzz/fuzz_target.hpp"
#include "net/chunked_body.hpp"
#include "net/http_head.hpp"

#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The heads of one connection, one after the other, as both doors read them.

namespace gim::fuzz {

namespace {

using gim::net::head_reader;
using gim::net::http_head;

std::string text_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// A head as a client would write it.
std::string print(const http_head& head) {
    const auto& r = head.request;
    std::string out = text_of(r.method_string()) + ' ' + text_of(r.target()) + " HTTP/" +
                      std::to_string(r.version() / 10) + '.' + std::to_string(r.version() % 10) +
                      "\r\n";
    for (const auto& field : r) {
        out += text_of(field.name_string()) + ": " + text_of(field.value()) + "\r\n";
    }
    return out + "\r\n";
}

// What becomes of a connection's bytes: a line for each head, each chunked body and the refusal.
class conversation {
public:
    void feed(std::string_view bytes) {
        while (!bytes.empty() && !refused_) {
            if (chunks_) {
                const auto used = chunks_->feed(bytes, data_);
                if (!used) {
                    refuse(used.error());
                    return;
                }
                require(*used <= bytes.size(), "a reader takes no more than it is given");
                bytes.remove_prefix(*used);
                if (!chunks_->is_complete()) {
                    require(bytes.empty(), "an unfinished body takes all it is given");
                    return;
                }
                seen.push_back(std::exchange(data_, {}));
                chunks_.reset();
                continue;
            }
            const auto skipped = std::min<std::size_t>(body_left_, bytes.size());
            body_left_ -= skipped;
            bytes.remove_prefix(skipped);
            if (bytes.empty()) {
                return;
            }
            const auto used = reader_.feed(bytes);
            if (!used) {
                refuse(used.error());
                return;
            }
            require(*used <= bytes.size(), "a reader takes no more than it is given");
            bytes.remove_prefix(*used);
            if (!reader_.is_complete()) {
                require(bytes.empty(), "an unfinished head takes all it is given");
                return;
            }
            const auto head = reader_.take();
            body_left_ = head.content_length;
            if (head.is_chunked) {
                chunks_.emplace(net::http_limits().body_bytes, net::http_limits().head_bytes);
            }
            seen.push_back(print(head));
            heads.push_back(head);
        }
    }

    std::vector<std::string> seen;
    std::vector<http_head> heads;

private:
    void refuse(const net::http_error& why) {
        refused_ = true;
        seen.push_back(std::to_string(why.status) + ' ' + why.message);
    }

    head_reader reader_;
    std::optional<net::chunked_body> chunks_;
    std::string data_;  // of the chunks so far
    std::size_t body_left_ = 0;
    bool refused_ = false;
};

void check(const http_head& head) {
    const net::http_limits limits;
    const auto& r = head.request;
    const auto fields = static_cast<std::size_t>(std::distance(r.begin(), r.end()));
    require(fields <= limits.fields, "at most 64 fields");
    require(head.content_length <= limits.body_bytes, "a body is at most 1 MiB");
    using boost::beast::http::field;
    const auto lengths = r.count(field::content_length) + r.count(field::transfer_encoding);
    require(lengths <= 1, "at most one of Content-Length and Transfer-Encoding");
    require(r.count(field::transfer_encoding) == (head.is_chunked ? 1 : 0), "chunked as it says");
    require(
        !head.is_chunked || (head.content_length == 0 && r.version() == 11), "chunks have no length"
    );
    const std::string_view target = r.target();
    require(target.starts_with('/') || target == "*", "the target is in origin form");
    require(
        r.count(field::host) == 1 || (r.count(field::host) == 0 && r.version() < 11), "one Host"
    );

    const auto printed = print(head);
    if (printed.size() > limits.head_bytes) {
        return;  // the client wrote no space behind its colons
    }
    conversation again;
    again.feed(printed);
    require(again.seen.size() == 1 && again.heads.size() == 1, "what was read can be read again");
    require(again.seen[0] == printed, "a head that was printed reads as the same");
    require(again.heads[0].content_length == head.content_length, "and so does its length");
    require(again.heads[0].is_chunked == head.is_chunked, "and whether it is chunked");
}

}  // namespace

void http_head(std::string_view bytes) {
    conversation whole;
    whole.feed(bytes);
    for (const auto& head : whole.heads) {
        check(head);
    }
    conversation single;
    for (const char& c : bytes) {
        single.feed({&c, 1});
    }
    require(single.seen == whole.seen, "byte by byte is the same as whole");
    conversation pieces;
    in_pieces(bytes, bytes.size(), [&](std::string_view piece) { pieces.feed(piece); });
    require(pieces.seen == whole.seen, "in pieces is the same as whole");
}

}  // namespace gim::fuzz
