#include "protocol/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace gim::protocol {

namespace {

using nlohmann::json;

constexpr std::size_t expected_fields = 8;
constexpr std::size_t longest_named_key = 64;  // of the keys that an error message repeats
constexpr int number_overflow = 406;           // nlohmann's id of its exception

// Receives nlohmann's events. Every one returns whether to go on.
class object_reader {
public:
    object_reader(std::string_view subject, std::string_view nested)
        : subject_(subject), nested_name_(nested) {}

    bool null() { return value(json_kind::null); }
    bool boolean(bool) { return value(json_kind::boolean); }
    bool number_integer(std::int64_t number) { return integer(number); }
    bool number_unsigned(std::uint64_t number) {
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        return integer(
            std::in_range<std::int64_t>(number) ? static_cast<std::int64_t>(number) : largest
        );
    }
    // Also gets the integers that fit no 64 bits.
    bool number_float(double number, const std::string& text) {
        if (text.find_first_of(".eE") != std::string::npos) {
            return value(json_kind::fraction);
        }
        using limits = std::numeric_limits<std::int64_t>;
        return integer(number < 0 ? limits::min() : limits::max());
    }
    bool string(std::string& text) {
        if (!value(json_kind::string)) {
            return false;
        }
        if (auto* field = current()) {
            field->string = std::move(text);
        }
        return true;
    }
    bool binary(json::binary_t&) { return fail("not valid JSON"); }  // not in JSON text

    bool start_object(std::size_t) {
        if (!open(json_kind::object)) {
            return false;
        }
        level& now = levels_[depth_ - 1];
        now.first_key = loose_keys_.size();
        now.fields = depth_ == 1 ? &result_.fields : nullptr;
        if (depth_ == 2 && last_key_is_nested_) {
            now.fields = &result_.nested;
        }
        return true;
    }
    bool end_object() {
        loose_keys_.resize(levels_[depth_ - 1].first_key);
        --depth_;
        return true;
    }
    bool start_array(std::size_t) {
        if (!open(json_kind::array)) {
            return false;
        }
        levels_[depth_ - 1] = {};
        return true;
    }
    bool end_array() {
        --depth_;
        return true;
    }
    bool key(std::string& name) {
        const level& now = levels_[depth_ - 1];
        return now.fields != nullptr ? collected_key(*now.fields, name) : loose_key(now, name);
    }

    bool parse_error(std::size_t, const std::string&, const json::exception& problem) {
        return fail(problem.id == number_overflow ? "number out of range" : "not valid JSON");
    }

    result<json_document> finish(bool parsed) && {
        if (!parsed) {
            return bad_request(std::move(failure_));
        }
        return std::move(result_);
    }

private:
    // An object or array that is open.
    struct level {
        json_fields* fields = nullptr;  // null: not collected
        std::size_t first_key = 0;      // in loose_keys_
    };

    bool fail(std::string_view problem) {
        failure_.assign(subject_).append(": ").append(problem);
        return false;
    }
    bool fail_twice(std::string_view name) {
        if (name.size() > longest_named_key) {
            return fail("a key is given twice");
        }
        failure_.assign(name).append(": given twice");
        return false;
    }

    // The collected field whose value comes next or is just being read.
    json_field* current() {
        return depth_ > 0 && levels_[depth_ - 1].fields != nullptr ? last_field_ : nullptr;
    }

    bool value(json_kind kind) {
        if (depth_ == 0 && kind != json_kind::object) {
            return fail("must be a JSON object");
        }
        if (auto* field = current()) {
            field->kind = kind;
        }
        return true;
    }
    bool integer(std::int64_t number) {
        if (!value(json_kind::integer)) {
            return false;
        }
        if (auto* field = current()) {
            field->integer = number;
        }
        return true;
    }
    bool open(json_kind kind) {
        if (!value(kind)) {
            return false;
        }
        if (depth_ == max_json_depth) {
            return fail("nested deeper than 16");
        }
        ++depth_;
        return true;
    }

    bool collected_key(json_fields& fields, std::string& name) {
        if (fields.has(name)) {
            return fail_twice(name);
        }
        if (fields.size() == max_json_fields) {
            return fail("more than 64 fields");
        }
        last_key_is_nested_ = depth_ == 1 && !nested_name_.empty() && name == nested_name_;
        last_field_ = &fields.add(std::move(name));
        return true;
    }
    bool loose_key(const level& now, const std::string& name) {
        const auto first = loose_keys_.begin() + static_cast<std::ptrdiff_t>(now.first_key);
        if (std::find(first, loose_keys_.end(), name) != loose_keys_.end()) {
            return fail_twice(name);
        }
        if (loose_keys_.size() - now.first_key == max_json_fields) {
            return fail("more than 64 fields");
        }
        loose_keys_.push_back(name);
        return true;
    }

    const std::string_view subject_;
    const std::string_view nested_name_;
    json_document result_;
    std::string failure_;
    std::array<level, max_json_depth> levels_;
    std::size_t depth_ = 0;
    bool last_key_is_nested_ = false;
    json_field* last_field_ = nullptr;     // valid until the next key of a collected object
    std::vector<std::string> loose_keys_;  // of the open objects that are not collected
};

static_assert(max_json_depth == 16 && max_json_fields == 64, "the messages above say so");

}  // namespace

json_field* json_fields::find(std::string_view name) noexcept {
    for (auto& field : fields_) {
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

json_field& json_fields::add(std::string name) {
    if (fields_.empty()) {
        fields_.reserve(expected_fields);
    }
    auto& field = fields_.emplace_back();
    field.name = std::move(name);
    return field;
}

result<json_document>
read_json_object(std::string_view text, std::string_view subject, std::string_view nested) {
    // nlohmann takes a NUL byte for the end of the text and would not see what follows it.
    if (text.find('\0') != std::string_view::npos) {
        return bad_request(std::string(subject).append(": not valid JSON"));
    }
    object_reader reader(subject, nested);
    const bool parsed = json::sax_parse(text.begin(), text.end(), &reader);
    return std::move(reader).finish(parsed);
}

}  // namespace gim::protocol
