#include "json/json_scan.hpp"

#include "base/utf8_check.hpp"
#include "json/json_reader.hpp"

#include <utility>

namespace gim::json {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Goes over a text by the grammar of RFC 8259. The functions move past what they name; false: it is
// not there.
class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    std::size_t place() const noexcept { return at_; }
    bool is_at_end() const noexcept { return at_ == text_.size(); }

    void space() noexcept {
        while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != npos) {
            ++at_;
        }
    }

    bool one(char c) noexcept {
        if (at_ < text_.size() && text_[at_] == c) {
            ++at_;
            return true;
        }
        return false;
    }

    bool string() noexcept {
        if (!one('"')) {
            return false;
        }
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') {
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20 || (c == '\\' && !escape())) {
                return false;
            }
        }
        return false;
    }

    // An object, an array or a plain value.
    bool value() {
        std::string open;  // what closes the objects and arrays that are open, the innermost last
        for (;;) {
            space();
            bool is_begun = false;
            if (one('{')) {
                open += '}';
                is_begun = true;
            } else if (one('[')) {
                open += ']';
                is_begun = true;
            } else if (!plain()) {
                return false;
            }
            if (is_begun && begins_inside(open.back())) {
                if (!key_of_object(open.back())) {
                    return false;
                }
                continue;
            }
            if (!ends(open)) {
                return false;
            }
            if (open.empty()) {
                return true;
            }
        }
    }

private:
    static constexpr auto npos = std::string_view::npos;

    // Whether what was just opened has something inside.
    bool begins_inside(char closing) noexcept {
        space();
        return at_ == text_.size() || text_[at_] != closing;
    }

    bool key_of_object(char closing) noexcept {
        if (closing != '}') {
            return true;
        }
        space();
        if (!string()) {
            return false;
        }
        space();
        return one(':');
    }

    // Behind a value: the ends of what it ends, and the comma and key before the next value.
    bool ends(std::string& open) noexcept {
        while (!open.empty()) {
            space();
            if (one(',')) {
                return key_of_object(open.back());
            }
            if (!one(open.back())) {
                return false;
            }
            open.pop_back();
        }
        return true;
    }

    bool plain() noexcept {
        if (at_ == text_.size()) {
            return false;
        }
        switch (text_[at_]) {
            case '"':
                return string();
            case 't':
                return word("true");
            case 'f':
                return word("false");
            case 'n':
                return word("null");
            default:
                return number();
        }
    }

    bool word(std::string_view w) noexcept {
        if (text_.substr(at_, w.size()) != w) {
            return false;
        }
        at_ += w.size();
        return true;
    }

    bool digits() noexcept {
        const auto begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
        return at_ > begin;
    }

    bool number() noexcept {
        one('-');
        if (!one('0') && !digits()) {
            return false;
        }
        if (one('.') && !digits()) {
            return false;
        }
        if (one('e') || one('E')) {
            if (!one('+')) {
                one('-');
            }
            return digits();
        }
        return true;
    }

    bool escape() noexcept {
        if (at_ == text_.size()) {
            return false;
        }
        const char c = text_[at_++];
        if (c != 'u') {
            return std::string_view("\"\\/bfnrt").find(c) != npos;
        }
        for (int i = 0; i < 4; ++i) {
            if (at_ == text_.size() || !is_hex(text_[at_])) {
                return false;
            }
            ++at_;
        }
        return true;
    }

    const std::string_view text_;
    std::size_t at_ = 0;
};

std::string name_of(std::string_view key) {
    const auto inside = key.substr(1, key.size() - 2);
    if (inside.find('\\') == std::string_view::npos) {
        return std::string(inside);
    }
    json_reader reader;
    const auto read = reader.read(std::string("{\"k\":").append(key).append("}"), "key");
    return std::string(read ? (*read)->fields.find("k")->string : inside);
}

// Calls `take(scan)` for each part of what stands between `open` and `close`, and nothing else, in
// `text`.
template <class Take>
bool for_each(std::string_view text, char open, char close, Take take) {
    if (!base::is_utf8(text)) {
        return false;
    }
    scanner scan(text);
    scan.space();
    if (!scan.one(open)) {
        return false;
    }
    scan.space();
    if (!scan.one(close)) {
        do {
            scan.space();
            if (!take(scan)) {
                return false;
            }
            scan.space();
        } while (scan.one(','));
        if (!scan.one(close)) {
            return false;
        }
    }
    scan.space();
    return scan.is_at_end();
}

// Moves past a value; where it was, or empty.
std::string_view take_value(std::string_view text, scanner& scan) {
    scan.space();
    const auto begin = scan.place();
    return scan.value() ? text.substr(begin, scan.place() - begin) : std::string_view{};
}

}  // namespace

std::optional<std::vector<json_member>> find_members(std::string_view text) {
    std::vector<json_member> found;
    const auto take = [&](scanner& scan) {
        const auto begin = scan.place();
        if (!scan.string()) {
            return false;
        }
        const auto key = text.substr(begin, scan.place() - begin);
        scan.space();
        if (!scan.one(':')) {
            return false;
        }
        const auto value = take_value(text, scan);
        found.push_back({name_of(key), key, value});
        return !value.empty();
    };
    if (!for_each(text, '{', '}', take)) {
        return std::nullopt;
    }
    return found;
}

std::optional<std::vector<std::string_view>> find_elements(std::string_view text) {
    std::vector<std::string_view> found;
    const auto take = [&](scanner& scan) {
        found.push_back(take_value(text, scan));
        return !found.back().empty();
    };
    if (!for_each(text, '[', ']', take)) {
        return std::nullopt;
    }
    return found;
}

}  // namespace gim::json
