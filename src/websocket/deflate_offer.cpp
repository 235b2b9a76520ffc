#include "websocket/deflate_offer.hpp"

#include "websocket/deflater.hpp"

#include <utility>
#include <vector>

namespace gim::websocket {

namespace {

bool is_token_char(char c) noexcept {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
}

struct parameter {
    std::string_view name;
    std::optional<std::string> value;
};

struct extension {
    std::string_view name;
    std::vector<parameter> parameters;
};

// Reads a field by the grammar of RFC 6455, 9.1. Everything that may be absent is asked for first.
class field_reader {
public:
    explicit field_reader(std::string_view text) : rest_(text) {}

    // Empty: the field is not written by the grammar.
    std::optional<std::vector<extension>> read() {
        std::vector<extension> all;
        do {
            skip_space();
            if (rest_.empty() || rest_.front() == ',') {
                continue;  // lists may have empty elements (RFC 9110, 5.6.1)
            }
            auto one = read_extension();
            if (!one) {
                return std::nullopt;
            }
            all.push_back(std::move(*one));
        } while (take(','));
        return rest_.empty() ? std::optional(std::move(all)) : std::nullopt;
    }

private:
    void skip_space() noexcept {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
            rest_.remove_prefix(1);
        }
    }
    bool take(char c) noexcept {
        skip_space();
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        skip_space();
        return true;
    }

    // Empty if there is none.
    std::string_view read_token() noexcept {
        std::size_t n = 0;
        while (n < rest_.size() && is_token_char(rest_[n])) {
            ++n;
        }
        const auto token = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return token;
    }

    // Empty if it is none. What is in quotes must be a token, too, when it is read.
    std::string read_value() {
        if (rest_.empty() || rest_.front() != '"') {
            return std::string(read_token());
        }
        rest_.remove_prefix(1);
        std::string value;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\') {
                rest_.remove_prefix(1);
            }
            if (rest_.empty() || !is_token_char(rest_.front())) {
                return {};
            }
            value += rest_.front();
            rest_.remove_prefix(1);
        }
        return take('"') ? value : std::string();
    }

    std::optional<extension> read_extension() {
        extension e{read_token(), {}};
        if (e.name.empty()) {
            return std::nullopt;
        }
        while (take(';')) {
            parameter p{read_token(), std::nullopt};
            if (p.name.empty()) {
                return std::nullopt;
            }
            if (take('=')) {
                p.value = read_value();
                if (p.value->empty()) {
                    return std::nullopt;
                }
            }
            e.parameters.push_back(std::move(p));
        }
        return e;
    }

    std::string_view rest_;
};

// RFC 7692, 7.1.2: 8 to 15, without leading zeros.
std::optional<std::size_t> window_bits_of(const std::string& text) noexcept {
    if (text == "8" || text == "9") {
        return static_cast<std::size_t>(text[0] - '0');
    }
    if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') {
        return 10U + static_cast<std::size_t>(text[1] - '0');
    }
    return std::nullopt;
}

struct terms {
    bool server_starts_anew = false;  // server_no_context_takeover, which we do anyway
    bool client_starts_anew = false;
    std::optional<std::size_t> server_bits;
    bool has_client_bits = false;  // whatever they are: we read with the largest window
};

// Each parameter once, and as it must be; false: the offer is to be declined.
bool read_parameter(const parameter& p, terms& t) {
    if (p.name == "server_no_context_takeover") {
        return !p.value && !std::exchange(t.server_starts_anew, true);
    }
    if (p.name == "client_no_context_takeover") {
        return !p.value && !std::exchange(t.client_starts_anew, true);
    }
    if (p.name == "server_max_window_bits") {
        if (!p.value || t.server_bits) {
            return false;
        }
        t.server_bits = window_bits_of(*p.value);
        return t.server_bits.has_value();
    }
    if (p.name == "client_max_window_bits") {
        return !std::exchange(t.has_client_bits, true) && (!p.value || window_bits_of(*p.value));
    }
    return false;
}

std::optional<std::string> answer_to(const extension& offer, std::size_t window_bits) {
    if (offer.name != "permessage-deflate") {
        return std::nullopt;
    }
    terms t;
    for (const auto& p : offer.parameters) {
        if (!read_parameter(p, t)) {
            return std::nullopt;
        }
    }
    constexpr auto most = deflate_options::most_window_bits;
    if (t.server_bits.value_or(most) < window_bits) {
        return std::nullopt;
    }
    std::string answer =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (t.server_bits || window_bits < most) {
        answer += "; server_max_window_bits=" + std::to_string(window_bits);
    }
    return answer;
}

}  // namespace

model::result<std::optional<std::string>>
answer_deflate_offers(std::span<const std::string_view> offers, std::size_t window_bits) {
    std::optional<std::string> answer;
    for (const auto field : offers) {
        const auto all = field_reader(field).read();
        if (!all) {
            return model::bad_request("Sec-WebSocket-Extensions: is not a list of extensions");
        }
        for (const auto& offer : *all) {
            if (!answer) {
                answer = answer_to(offer, window_bits);
            }
        }
    }
    return answer;
}

}  // namespace gim::websocket
