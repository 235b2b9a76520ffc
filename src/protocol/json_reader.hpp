#pragma once

#include "protocol/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Reads the flat JSON objects that requests are, strictly: RFC 8259 with valid UTF-8, no key twice
// in an object, bounded depth and number of fields, nothing behind the object. No tree is built,
// so deep or wide input costs no more than its bytes.
namespace gim::protocol {

inline constexpr std::size_t max_json_depth = 16;
inline constexpr std::size_t max_json_fields = 64;  // in one object

enum class json_kind : std::uint8_t { null, boolean, integer, fraction, string, object, array };

struct json_field {
    std::string name;
    json_kind kind = json_kind::null;
    // Of an integer. What does not fit is held at the nearest end of the range, never wrapped.
    std::int64_t integer = 0;
    std::string string;  // of a string
};

// The fields of one object, in the order of the text.
class json_fields {
public:
    // Null if there is no such field. One that is `null` counts as absent.
    json_field* find(std::string_view name) noexcept;
    bool has(std::string_view name) const noexcept;
    std::size_t size() const noexcept { return fields_.size(); }
    json_field& add(std::string name);

private:
    std::vector<json_field> fields_;
};

struct json_document {
    json_fields fields;
    json_fields nested;  // those of the one nested object that was asked for
};

// Reads one object, and with it the fields of its member `nested` if that is an object. What else
// is nested is checked and left out. Error 400: `subject` and what is wrong, "body: not valid
// JSON", or the field that was given twice, "id: given twice".
result<json_document>
read_json_object(std::string_view text, std::string_view subject, std::string_view nested = {});

}  // namespace gim::protocol
