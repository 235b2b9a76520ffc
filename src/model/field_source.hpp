#pragma once

#include "model/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::model {

// Where a request's fields are looked up by name: a JSON object, the query of a URL. The first
// field of the wrong type becomes the failure, so a reader may ask for all fields and look at the
// end whether all went well.
class field_source {
public:
    virtual ~field_source() = default;

    // The field if it is given. May take it out of the source: ask for each field once.
    virtual std::optional<std::string> text(std::string_view name) = 0;
    // The same for a whole number. One that fits no 64 bits is held at the end of the range.
    virtual std::optional<std::int64_t> integer(std::string_view name) = 0;

    // 400 and the field at fault.
    const std::optional<error>& failure() const noexcept { return failure_; }

protected:
    // `problem` is what the field must be: "must be a string".
    void fail(std::string_view name, std::string_view problem) {
        if (!failure_) {
            failure_ = bad_request(std::string(name).append(": ").append(problem));
        }
    }

private:
    std::optional<error> failure_;
};

}  // namespace gim::model
