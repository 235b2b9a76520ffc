#include "websocket/deflater.hpp"

#include "websocket/deflate_tail.hpp"

#include <cassert>
#include <new>
#include <zlib.h>

namespace gim::websocket {

namespace {

constexpr int level = 6;
constexpr int memory_level = 8;

Bytef* bytes(const char* at) noexcept {
    return reinterpret_cast<Bytef*>(const_cast<char*>(at));  // zlib does not write to its input
}

}  // namespace

deflater::deflater(std::size_t window_bits) : stream_(std::make_unique<z_stream>()) {
    const auto raw = -static_cast<int>(window_bits);
    const auto made =
        ::deflateInit2(stream_.get(), level, Z_DEFLATED, raw, memory_level, Z_DEFAULT_STRATEGY);
    if (made != Z_OK) {
        throw std::bad_alloc();
    }
}

deflater::~deflater() {
    ::deflateEnd(stream_.get());
}

bool deflater::deflate(std::string_view plain, std::string& out) {
    const auto before = out.size();
    const auto room = plain.size() + deflate_tail.size();
    out.resize(before + room);
    ::deflateReset(stream_.get());
    stream_->next_in = bytes(plain.data());
    stream_->avail_in = static_cast<uInt>(plain.size());
    stream_->next_out = bytes(out.data() + before);
    stream_->avail_out = static_cast<uInt>(room);
    ::deflate(stream_.get(), Z_SYNC_FLUSH);
    if (stream_->avail_out == 0) {
        out.resize(before);
        return false;
    }
    out.resize(before + room - stream_->avail_out);
    assert(out.ends_with(deflate_tail));
    out.resize(out.size() - deflate_tail.size());
    return true;
}

}  // namespace gim::websocket
