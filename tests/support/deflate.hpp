#pragma once

#include "websocket/deflater.hpp"
#include "websocket/inflater.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>

namespace gim::test {

// What a client might send: by zlib itself, with the flush and the ending that the case is about.
inline std::string raw_deflate(std::string_view plain, int level, int flush, int window_bits = 15) {
    z_stream z{};
    if (::deflateInit2(&z, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("deflateInit2");
    }
    std::string out(::deflateBound(&z, plain.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    ::deflate(&z, flush);
    out.resize(out.size() - z.avail_out);
    ::deflateEnd(&z);
    return out;
}

// The payload of a compressed message (RFC 7692, 7.2.1).
inline std::string deflated(std::string_view plain, int level = 6) {
    if (plain.empty()) {
        return std::string(1, '\0');
    }
    auto out = raw_deflate(plain, level, Z_SYNC_FLUSH);
    out.resize(out.size() - 4);
    return out;
}

// What a compressed payload says.
inline std::string inflated(std::string_view payload) {
    websocket::inflater by;
    if (by.inflate(payload, 16 * 1024 * 1024) != websocket::inflater::outcome::whole) {
        throw std::runtime_error("does not inflate");
    }
    return std::string(by.bytes());
}

}  // namespace gim::test
