#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Finds what a JSON text is made of, and reads none of it. So the parts that nobody asks for may be
// anything that JSON allows: of any depth, with any number of fields, numbers beyond every range,
// keys given twice, surrogates without their pair. It costs a pass over the text, and no recursion.
// What is asked for is then read with json_reader and its rules.
namespace gim::json {

struct json_member {
    std::string name;        // without escapes; one that is no Unicode text stays as it is written
    std::string_view key;    // as it is written, with its quotes
    std::string_view value;  // JSON
};

// The members of the object that `text` is, in their order; empty: `text` is not one JSON object in
// UTF-8. The views are into `text`.
std::optional<std::vector<json_member>> find_members(std::string_view text);

// The elements of an array, the same way.
std::optional<std::vector<std::string_view>> find_elements(std::string_view text);

}  // namespace gim::json
