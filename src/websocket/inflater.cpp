#include "websocket/inflater.hpp"

#include "websocket/deflate_tail.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <zlib.h>

namespace gim::websocket {

namespace {

constexpr std::size_t first_capacity = 4096;
constexpr std::size_t worth_keeping = std::size_t{128} * 1024;
constexpr int largest_window = -15;  // whatever the client took; negative: no header of zlib's

// inflate() has read a block to its end, and no bit of what may follow (zlib.h, at inflate()).
bool is_between_blocks(const z_stream& stream) noexcept {
    constexpr int end_of_block = 128, unused_bits = 63;
    return (stream.data_type & end_of_block) != 0 && (stream.data_type & unused_bits) == 0;
}

}  // namespace

inflater::inflater() : stream_(std::make_unique<z_stream>()) {
    if (::inflateInit2(stream_.get(), largest_window) != Z_OK) {
        throw std::bad_alloc();
    }
}

inflater::~inflater() {
    ::inflateEnd(stream_.get());
}

inflater::outcome inflater::inflate(std::string_view deflated, std::size_t most) {
    size_ = 0;
    is_at_end_ = false;
    ::inflateReset(stream_.get());
    auto result = take(deflated, most);
    if (result == outcome::whole) {
        result = take(deflate_tail, most);
    }
    if (result == outcome::whole && !is_at_end_ && !is_between_blocks(*stream_)) {
        return outcome::broken;
    }
    return result;
}

void inflater::rest() noexcept {
    size_ = 0;
    if (capacity_ > worth_keeping) {
        buffer_.reset();
        capacity_ = 0;
    }
}

inflater::outcome inflater::take(std::string_view part, std::size_t most) {
    auto& z = *stream_;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    z.avail_in = static_cast<uInt>(part.size());
    do {
        if (size_ == capacity_) {
            grow(most);
        }
        // A buffer that a longer message has left may have more room than this one is allowed.
        const auto room = std::min(capacity_, most + 1) - size_;
        z.next_out = reinterpret_cast<Bytef*>(buffer_.get() + size_);
        z.avail_out = static_cast<uInt>(room);
        const int code = ::inflate(&z, Z_SYNC_FLUSH);
        size_ += room - z.avail_out;
        if (size_ > most) {
            return outcome::too_long;
        }
        is_at_end_ = code == Z_STREAM_END;
        if (is_at_end_) {
            // A last block is not the last here; what follows begins anew (RFC 7692, 7.2.3.4).
            ::inflateReset(&z);
        } else if (code == Z_BUF_ERROR) {
            break;  // all is read and written
        } else if (code != Z_OK) {
            return outcome::broken;
        }
    } while (z.avail_in > 0 || z.avail_out == 0);
    return outcome::whole;
}

void inflater::grow(std::size_t most) {
    const auto larger = std::min(std::max(first_capacity, 2 * capacity_), most + 1);
    std::unique_ptr<char[]> buffer(new char[larger]);
    if (size_ > 0) {
        std::memcpy(buffer.get(), buffer_.get(), size_);
    }
    buffer_ = std::move(buffer);
    capacity_ = larger;
}

}  // namespace gim::websocket
