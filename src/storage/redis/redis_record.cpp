#include "storage/redis/redis_record.hpp"

#include "model/ids.hpp"
#include "redis/command.hpp"
#include "storage/redis/redis_values.hpp"
#include "storage/redis/redis_words.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace gim::storage {

std::string to_redis_record(const model::message& m) {
    std::string out;
    out.reserve(redis_record_overhead + m.content.size());
    out.append(m.id).append(" ").append(m.sender.id).append(" ");
    redis::append_number(out, m.status);
    out += ' ';
    redis::append_number(out, m.sender.name.size());
    out += ' ';
    redis::append_number(out, m.category.size());
    out.append(" ").append(m.sender.name).append(m.category).append(m.content);
    return out;
}

model::message_ptr from_redis_record(std::string_view text) {
    auto m = std::make_shared<model::message>();
    std::size_t name_bytes = 0;
    std::size_t category_bytes = 0;
    if (!take_number(text, m->sequence) || !take_number(text, m->created_at)) {
        return nullptr;
    }
    m->id = take_word(text);
    m->sender.id = take_word(text);
    if (!model::is_valid_id(m->id) || !model::is_valid_id(m->sender.id) ||
        !take_number(text, m->status) || !take_number(text, name_bytes) ||
        !take_number(text, category_bytes) || name_bytes > text.size() ||
        category_bytes > text.size() - name_bytes) {
        return nullptr;
    }
    m->sender.name = text.substr(0, name_bytes);
    m->category = text.substr(name_bytes, category_bytes);
    m->content = text.substr(name_bytes + category_bytes);
    const bool is_counted = m->sequence > 0 &&
                            m->sequence <= static_cast<std::uint64_t>(max_redis_number) &&
                            m->created_at >= 0 && m->created_at <= max_redis_number;
    const bool is_fit = is_fit_text(m->sender.name, model::max_name_bytes) &&
                        is_fit_text(m->category, model::max_category_bytes) &&
                        is_fit_text(m->content, model::max_content_bytes);
    return is_counted && is_fit ? std::move(m) : nullptr;
}

}  // namespace gim::storage
