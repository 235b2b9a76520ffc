#include "dialects/gim/codec.hpp"
#include "dialects/gim/json_source.hpp"
#include "json/json_reader.hpp"
#include "model/request_rules.hpp"

#include <string>
#include <utility>

namespace gim::native {

namespace {

// The sender if one is given. `document` was read with it.
model::result<std::optional<model::named_sender>> find_sender(const json::json_document& document) {
    const auto* field = document.fields.find("sender");
    if (field == nullptr) {
        return std::optional<model::named_sender>();
    }
    if (field->kind != json::json_kind::object) {
        return model::bad_request("sender: must be a JSON object");
    }
    json_source source(document.nested);
    model::sender_fields fields{.id = source.text("id"), .name = source.text("name")};
    if (source.failure()) {
        return model::bad_request("sender." + source.failure()->message);
    }
    auto valid = model::check(std::move(fields));
    if (!valid) {
        return valid.error();
    }
    return std::optional(*std::move(valid));
}

model::result<model::send_target> find_target(const json::json_element& element) {
    if (element.value.kind != json::json_kind::object) {
        return model::bad_request("must be a JSON object");
    }
    json_source source(element.fields);
    model::target_fields fields{
        .type = source.integer("type"), .target_id = source.text("target_id")};
    if (source.failure()) {
        return *source.failure();
    }
    return model::check(std::move(fields));
}

// `document` was read with them.
model::result<std::vector<model::send_target>> find_targets(const json::json_document& document) {
    static_assert(model::max_batch_targets == 1000, "the message below says so");
    const auto* field = document.fields.find("targets");
    if (field == nullptr) {
        return model::bad_request("targets: missing");
    }
    const auto& elements = document.elements;
    if (field->kind != json::json_kind::array || elements.empty()) {
        return model::bad_request("targets: must be an array of 1 to 1000");
    }
    std::vector<model::send_target> targets;
    targets.reserve(elements.size());
    for (const auto& element : elements) {
        auto target = find_target(element);
        if (!target) {
            const auto place = "targets[" + std::to_string(targets.size()) + "]";
            return model::bad_request(
                place + (element.value.kind == json::json_kind::object ? "." : ": ") +
                target.error().message
            );
        }
        targets.push_back(*std::move(target));
    }
    return targets;
}

// One a thread, so that its memory is taken once.
json::json_reader& my_reader() {
    thread_local json::json_reader mine;
    return mine;
}

// A batch, still without its targets.
model::result<model::posted_batch> read_batch(std::string_view json) {
    json::lent_json_reader reader(my_reader(), json.size());
    auto read = reader->read(json, "body", "sender");
    if (!read) {
        return read.error();
    }
    auto sender = find_sender(**read);
    if (!sender) {
        return sender.error();
    }
    json_source source((*read)->fields);
    model::send_fields fields{
        .type = {},
        .target_id = {},
        .category = source.text("category"),
        .content = source.text("content"),
        .request_id = source.text("request_id")};
    if (source.failure()) {
        return *source.failure();
    }
    auto message = model::check_content(std::move(fields));
    if (!message) {
        return message.error();
    }
    return model::posted_batch{*std::move(message), *std::move(sender), {}};
}

}  // namespace

model::result<model::posted_message> decode_posted_message(std::string_view json) {
    json::lent_json_reader reader(my_reader(), json.size());
    auto read = reader->read(json, "body", "sender");
    if (!read) {
        return read.error();
    }
    auto sender = find_sender(**read);
    if (!sender) {
        return sender.error();
    }
    json_source source((*read)->fields);
    auto fields = find_send(source);
    if (source.failure()) {
        return *source.failure();
    }
    auto message = model::check(std::move(fields));
    if (!message) {
        return message.error();
    }
    return model::posted_message{*std::move(message), *std::move(sender)};
}

// The reader looks into one member at a time, so the text is read twice.
model::result<model::posted_batch> decode_posted_batch(std::string_view json) {
    auto batch = read_batch(json);
    if (!batch) {
        return batch.error();
    }
    json::json_reader once;  // what a long list takes is not kept
    auto read = once.read(json, "body", "targets", model::max_batch_targets);
    if (!read) {
        return read.error();
    }
    auto targets = find_targets(**read);
    if (!targets) {
        return targets.error();
    }
    batch->targets = *std::move(targets);
    return batch;
}

}  // namespace gim::native
