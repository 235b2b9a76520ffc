#include "json/json_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <simdjson.h>
#include <string>

namespace gim::json {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t expected_fields = 8;
constexpr std::size_t longest_named_key = 64;  // of the keys that an error message repeats

static_assert(max_json_depth == 16 && max_json_fields == 64, "the messages below say so");

std::string_view problem_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::DEPTH_ERROR:
            return "nested deeper than 16";
        case simdjson::NUMBER_ERROR:
            return "a number is malformed or too large";
        case simdjson::MEMALLOC:
            throw std::bad_alloc();
        default:
            return "not valid JSON";
    }
}

}  // namespace

struct json_reader::state {
    dom::parser parser;
    std::vector<char> padded;  // the text, with the room behind it that the parser may look at
    json_document document;
    std::vector<std::string_view> loose_keys;  // of the open objects that are not collected
};

// Visits every object of a text, so that none escapes the rules, and collects the fields that were
// asked for. Functions return false once a rule is broken; problem() then says which.
class json_reader::object_walk {
public:
    object_walk(
        state& s,
        std::string_view subject,
        std::string_view nested,
        std::size_t max_elements
    )
        : state_(s), subject_(subject), nested_name_(nested), max_elements_(max_elements) {}

    bool top(dom::object o) { return object(o, &state_.document.fields, 1); }
    std::string problem() && { return std::move(problem_); }

private:
    // `fields` is null where nothing is collected.
    bool object(dom::object o, json_fields* fields, std::size_t depth) {
        const auto first_key = state_.loose_keys.size();
        for (const auto [name, value] : o) {
            if (fields != nullptr ? !collect(*fields, name, value, depth)
                                  : !loose_key(name, first_key) || !nested(value, nullptr, depth)) {
                return false;
            }
        }
        state_.loose_keys.resize(first_key);
        return true;
    }

    bool
    collect(json_fields& fields, std::string_view name, dom::element value, std::size_t depth) {
        if (fields.has(name)) {
            return fail_twice(name);
        }
        if (fields.size() == max_json_fields) {
            return fail("more than 64 fields");
        }
        const bool is_asked_for = depth == 1 && !nested_name_.empty() && name == nested_name_;
        if (!describe(value, fields.add(name))) {
            return false;
        }
        if (is_asked_for && value.is_array()) {
            return elements(dom::array(value), depth);
        }
        return nested(value, is_asked_for ? &state_.document.nested : nullptr, depth);
    }

    bool describe(dom::element value, json_field& field) {
        switch (value.type()) {
            case dom::element_type::NULL_VALUE:
                return true;
            case dom::element_type::BOOL:
                field.kind = json_kind::boolean;
                return true;
            case dom::element_type::DOUBLE:
                describe_double(double(value), field);
                return true;
            case dom::element_type::INT64:
                field.kind = json_kind::integer;
                field.integer = std::int64_t(value);
                return true;
            case dom::element_type::UINT64:  // only of those that no int64 holds
                field.kind = json_kind::integer;
                field.integer = std::numeric_limits<std::int64_t>::max();
                return true;
            case dom::element_type::STRING:
                field.kind = json_kind::string;
                field.string = std::string_view(value);
                return true;
            case dom::element_type::OBJECT:
                field.kind = json_kind::object;
                return true;
            case dom::element_type::ARRAY:
                field.kind = json_kind::array;
                return true;
        }
        return fail("not valid JSON");
    }

    static void describe_double(double number, json_field& field) {
        if (std::trunc(number) == number &&
            std::abs(number) <= static_cast<double>(max_exact_double)) {
            field.kind = json_kind::integer;
            field.integer = static_cast<std::int64_t>(number);
        } else {
            field.kind = json_kind::fraction;
            field.fraction = number;
        }
    }

    // `depth` is that of the object in which the array is.
    bool elements(dom::array values, std::size_t depth) {
        for (const auto value : values) {
            if (state_.document.elements.size() == max_elements_) {
                problem_.assign(nested_name_).append(": must be an array of 1 to ");
                problem_ += std::to_string(max_elements_);
                return false;
            }
            auto& one = state_.document.elements.emplace_back();
            if (!describe(value, one.value) || !nested(value, &one.fields, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    bool loose_key(std::string_view name, std::size_t first_key) {
        auto& keys = state_.loose_keys;
        const auto first = keys.begin() + static_cast<std::ptrdiff_t>(first_key);
        if (std::find(first, keys.end(), name) != keys.end()) {
            return fail_twice(name);
        }
        if (keys.size() - first_key == max_json_fields) {
            return fail("more than 64 fields");
        }
        keys.push_back(name);
        return true;
    }

    // `depth` is that of the object or array in which the value is.
    bool nested(dom::element value, json_fields* fields, std::size_t depth) {
        if (!value.is_object() && !value.is_array()) {
            return true;
        }
        if (depth == max_json_depth) {
            return fail("nested deeper than 16");
        }
        if (value.is_object()) {
            return object(dom::object(value), fields, depth + 1);
        }
        for (const auto one : dom::array(value)) {
            if (!nested(one, nullptr, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    bool fail(std::string_view problem) {
        problem_.assign(subject_).append(": ").append(problem);
        return false;
    }
    bool fail_twice(std::string_view name) {
        if (name.size() > longest_named_key) {
            return fail("a key is given twice");
        }
        problem_.assign(name).append(": given twice");
        return false;
    }

    state& state_;
    const std::string_view subject_;
    const std::string_view nested_name_;
    const std::size_t max_elements_;
    std::string problem_;
};

const json_field* json_fields::find(std::string_view name) const noexcept {
    for (const auto& field : fields_) {
        if (field.name == name) {
            return field.kind == json_kind::null ? nullptr : &field;
        }
    }
    return nullptr;
}

bool json_fields::has(std::string_view name) const noexcept {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& f) {
        return f.name == name;
    });
}

json_field& json_fields::add(std::string_view name) {
    if (fields_.empty()) {
        fields_.reserve(expected_fields);
    }
    auto& field = fields_.emplace_back();
    field.name = name;
    return field;
}

json_reader::json_reader() : state_(std::make_unique<state>()) {
    // The parser does not count an empty object or array as a level, the walk does.
    constexpr std::size_t first_capacity = 1024;  // bytes of text
    if (state_->parser.allocate(first_capacity, max_json_depth + 1) != simdjson::SUCCESS) {
        throw std::bad_alloc();
    }
}

json_reader::~json_reader() = default;

model::result<const json_document*> json_reader::read(
    std::string_view text,
    std::string_view subject,
    std::string_view nested,
    std::size_t max_elements
) {
    auto& s = *state_;
    s.document.fields.clear();
    s.document.nested.clear();
    s.document.elements.clear();
    s.loose_keys.clear();
    if (s.padded.size() < text.size() + simdjson::SIMDJSON_PADDING) {
        s.padded.resize(text.size() + simdjson::SIMDJSON_PADDING);
    }
    std::copy(text.begin(), text.end(), s.padded.begin());
    constexpr bool copies_again = false;
    dom::element top;
    const auto code = s.parser.parse(s.padded.data(), text.size(), copies_again).get(top);
    const auto refused = [&](std::string_view why) {
        return model::bad_request(std::string(subject).append(": ").append(why));
    };
    if (code != simdjson::SUCCESS) {
        return refused(problem_of(code));
    }
    if (!top.is_object()) {
        return refused("must be a JSON object");
    }
    object_walk walk(s, subject, nested, max_elements);
    if (!walk.top(dom::object(top))) {
        return model::bad_request(std::move(walk).problem());
    }
    return &s.document;
}

}  // namespace gim::json
