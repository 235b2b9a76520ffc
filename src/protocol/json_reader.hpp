#pragma once

#include "protocol/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

// Reads the flat JSON objects that requests are, strictly: RFC 8259 with valid UTF-8, no key twice
// in an object, bounded depth and number of fields, no number beyond 64 bits, nothing behind the
// object. Deep or wide input costs no more than its bytes.
namespace gim::protocol {

inline constexpr std::size_t max_json_depth = 16;
inline constexpr std::size_t max_json_fields = 64;  // in one object

enum class json_kind : std::uint8_t { null, boolean, integer, fraction, string, object, array };

struct json_field {
    std::string_view name;
    json_kind kind = json_kind::null;
    // Of an integer. One beyond the range, up to 2^64 - 1, is held at its end, never wrapped.
    std::int64_t integer = 0;
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
// (some six times its bytes), so in steady state reading allocates nothing.
class json_reader {
public:
    json_reader();
    ~json_reader();

    // Reads one object, and with it what is in its member `nested` if that is an object or an
    // array. What else is nested is checked and left out. The document and the strings in it are
    // valid until the next read(). Error 400: `subject` and what is wrong, "body: not valid JSON",
    // or the field that was given twice, "id: given twice".
    result<const json_document*>
    read(std::string_view text, std::string_view subject, std::string_view nested = {});

private:
    class object_walk;
    struct state;
    const std::unique_ptr<state> state_;
};

}  // namespace gim::protocol
