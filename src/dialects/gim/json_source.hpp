#pragma once

#include "json/json_reader.hpp"
#include "model/field_source.hpp"
#include "model/request_rules.hpp"

namespace gim::native {

// The fields of a JSON object.
class json_source final : public model::field_source {
public:
    explicit json_source(const json::json_fields& fields) : fields_(fields) {}

    std::optional<std::string> text(std::string_view name) override {
        const auto* field = fields_.find(name);
        if (field == nullptr) {
            return {};
        }
        if (field->kind != json::json_kind::string) {
            fail(name, "must be a string");
            return {};
        }
        return std::string(field->string);
    }

    std::optional<std::int64_t> integer(std::string_view name) override {
        const auto* field = fields_.find(name);
        if (field == nullptr) {
            return {};
        }
        if (field->kind != json::json_kind::integer) {
            fail(name, "must be an integer");
            return {};
        }
        return field->integer;
    }

private:
    const json::json_fields& fields_;
};

inline model::send_fields find_send(model::field_source& from) {
    return {
        .type = from.integer("type"),
        .target_id = from.text("target_id"),
        .category = from.text("category"),
        .content = from.text("content"),
        .request_id = from.text("request_id")};
}

}  // namespace gim::native
