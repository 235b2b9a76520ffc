#pragma once

#include "model/error.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

// Reads the flat JSON objects that requests are, strictly: RFC 8259 with valid UTF-8, no key twice
// in an object, bounded depth and number of fields, no number beyond 64 bits, nothing behind the
// object. Deep or wide input costs no more than its bytes.
namespace gim::json {

inline constexpr std::size_t max_json_depth = 16;
inline constexpr std::size_t max_json_fields = 64;  // in one object

// A double keeps each whole number up to this one exactly (2^53 - 1).
inline constexpr std::int64_t max_exact_double = (std::int64_t{1} << 53) - 1;

enum class json_kind : std::uint8_t { null, boolean, integer, fraction, string, object, array };

struct json_field {
    std::string_view name;
    json_kind kind = json_kind::null;
    // Of an integer. One beyond the range, up to 2^64 - 1, is held at its end, never wrapped. Some
    // writers have one kind of number only, so 50.0 and 5e1 are integers too, up to
    // max_exact_double; a larger one is a fraction, as its last digits may be lost.
    std::int64_t integer = 0;
    double fraction = 0;      // of a fraction
    std::string_view string;  // of a string
};

// The fields of one object, in the order of the text.
class json_fields {
public:
    // Null if there is no such field. One that is `null` counts as absent.
    const json_field* find(std::string_view name) const noexcept;
    bool has(std::string_view name) const noexcept;
    std::size_t size() const noexcept { return fields_.size(); }
    json_field& add(std::string_view name);
    void clear() noexcept { fields_.clear(); }

private:
    std::vector<json_field> fields_;
};

// One value of an array.
struct json_element {
    json_field value;    // without a name
    json_fields fields;  // of an object
};

struct json_document {
    json_fields fields;
    // Of the one member that was asked for: its fields if it is an object, its values if it is an
    // array.
    json_fields nested;
    std::vector<json_element> elements;
};

// Reads one object after another. It keeps its memory, as much as the longest text so far took
// (up to fourteen times its bytes), so in steady state reading allocates nothing. A reader that
// lives long is used through a lent_json_reader.
class json_reader {
public:
    json_reader();
    ~json_reader();

    // Reads one object, and with it what is in its member `nested` if that is an object or an
    // array. What else is nested is checked and left out. The document and the strings in it are
    // valid until the next read(). Error 400: `subject` and what is wrong, "body: not valid JSON",
    // or the field that was given twice, "id: given twice". An array with more than `max_elements`
    // is refused while it is read: "targets: must be an array of 1 to 1000".
    model::result<const json_document*> read(
        std::string_view text,
        std::string_view subject,
        std::string_view nested = {},
        std::size_t max_elements = std::numeric_limits<std::size_t>::max()
    );

private:
    class object_walk;
    struct state;
    const std::unique_ptr<state> state_;
};

// The reader for one text: `usual`, which keeps its memory for the next one, or, for a long text, a
// reader of its own, which frees its memory with this object.
//
// Problem: the longest text that a worker ever reads is far longer than the usual one, and there is
// a reader for each worker and kind of text.
class lent_json_reader {
public:
    static constexpr std::size_t max_usual_text = 16 * 1024;

    // `usual` is borrowed. `text_bytes`: the length of the text, or more.
    lent_json_reader(json_reader& usual, std::size_t text_bytes)
        : usual_(usual), is_long_(text_bytes > max_usual_text) {}

    json_reader* operator->() {
        if (!is_long_) {
            return &usual_;
        }
        return own_ ? &*own_ : &own_.emplace();
    }

private:
    json_reader& usual_;
    const bool is_long_;
    std::optional<json_reader> own_;
};

}  // namespace gim::json
