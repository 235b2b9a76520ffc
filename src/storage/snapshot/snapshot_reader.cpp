#include "storage/snapshot/snapshot_reader.hpp"

#include "storage/snapshot/block_checksum.hpp"
#include "storage/snapshot/snapshot_rules.hpp"

#include <boost/endian/conversion.hpp>

#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace gim::storage {

using namespace snapshot;

namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t offset) noexcept {
    return boost::endian::load_little_u32(
        reinterpret_cast<const unsigned char*>(bytes.data()) + offset
    );
}

// Takes the fields of records from the front of a payload.
class record_decoder {
public:
    explicit record_decoder(std::string_view payload) : rest_(payload) {}

    bool is_at_end() const noexcept { return rest_.empty(); }
    // Empty: there is no such record, or it is cut off.
    std::optional<record> next() {
        return next_of(std::make_index_sequence<std::variant_size_v<record>>());
    }

private:
    template <std::size_t... Index>
    std::optional<record> next_of(std::index_sequence<Index...>) {
        std::uint8_t tag = 0;
        std::optional<record> found;
        if (take(tag)) {
            (try_one<std::variant_alternative_t<Index, record>>(tag, found) || ...);
        }
        return found;
    }

    // True if the tag was this one's.
    template <class Record>
    bool try_one(std::uint8_t tag, std::optional<record>& found) {
        if (tag != Record::tag) {
            return false;
        }
        Record r;
        if (std::apply([&](auto&... field) { return (take(field) && ...); }, Record::fields(r))) {
            found = r;
        }
        return true;
    }

    bool take(occupancy& state) {
        std::uint8_t n = 0;
        const bool is_there = take(n);
        state = static_cast<occupancy>(n);
        return is_there;
    }
    template <class Number>
    bool take(Number& n) {
        if (rest_.size() < sizeof n) {
            return false;
        }
        std::memcpy(&n, rest_.data(), sizeof n);
        boost::endian::little_to_native_inplace(n);
        rest_.remove_prefix(sizeof n);
        return true;
    }
    bool take(std::string_view& text) {
        std::uint32_t length = 0;
        if (!take(length) || rest_.size() < length) {
            return false;
        }
        text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return true;
    }

    std::string_view rest_;
};

class reading {
public:
    reading(const snapshot_source& from, const std::function<void(const record&)>& take)
        : from_(from), take_(take) {}

    boost::system::result<snapshot_about, snapshot_flaw> run() {
        if (auto flaw = read_head()) {
            return snapshot_flaw{*std::move(flaw)};
        }
        while (!rules_.has_ended()) {
            if (const auto flaw = read_block(); !flaw.empty()) {
                return snapshot_flaw{
                    "damaged: block " + std::to_string(number_) + ": " + std::string(flaw)};
            }
            ++number_;
        }
        if (fill(1) != 0) {
            return snapshot_flaw{"damaged: something is behind its end"};
        }
        return std::move(about_);
    }

private:
    // So many bytes more are in `block_`, if there are so many.
    std::size_t fill(std::size_t bytes) {
        const auto before = block_.size();
        block_.resize(before + bytes);
        const auto got = from_(std::span(block_.data() + before, bytes));
        about_.totals.bytes += got;
        return got;
    }

    std::optional<std::string> read_head() {
        if (fill(head_bytes) != head_bytes || !block_.starts_with(magic)) {
            return "damaged: it does not begin as a snapshot does";
        }
        if (const auto found = number_at(block_, magic.size()); found != version) {
            return "written by another version of gim: its format is " + std::to_string(found) +
                   ", this one reads " + std::to_string(version);
        }
        return std::nullopt;
    }

    std::string_view read_block() {
        block_.clear();
        if (fill(block_head_bytes) != block_head_bytes) {
            return "cut off";
        }
        const std::size_t length = number_at(block_, 0);
        if (length > most_payload_bytes) {
            return "too long";
        }
        if (fill(length) != length) {
            return "cut off";
        }
        if (number_at(block_, 4) != number_ || number_at(block_, 8) != block_checksum(block_)) {
            return "its checksum is wrong";
        }
        return read_records();
    }

    std::string_view read_records() {
        record_decoder payload(std::string_view(block_).substr(block_head_bytes));
        while (!payload.is_at_end()) {
            const auto next = payload.next();
            if (!next) {
                return "no record";
            }
            if (const auto wrong = rules_.check(*next); !wrong.empty()) {
                return wrong;
            }
            std::visit([this](const auto& r) { ++about_.totals.by_tag[r.tag]; }, *next);
            if (const auto* begins = std::get_if<beginning>(&*next)) {
                about_.epoch = begins->epoch;
            }
            take_(*next);
        }
        return {};
    }

    const snapshot_source& from_;
    const std::function<void(const record&)>& take_;
    snapshot_rules rules_;
    std::string block_;
    std::uint32_t number_ = 0;
    snapshot_about about_;
};

}  // namespace

boost::system::result<snapshot_about, snapshot_flaw>
read_snapshot(const snapshot_source& from, const std::function<void(const record&)>& take) {
    return reading(from, take).run();
}

}  // namespace gim::storage
