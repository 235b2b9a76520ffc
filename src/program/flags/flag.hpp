#pragma once

#include "net/address.hpp"
#include "program/duration.hpp"
#include "program/problem.hpp"
#include "program/quoted.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::program {

using setter = std::function<problem(const std::string& text)>;

// What happens when a flag is given several times.
enum class repeated {
    last_counts,
    all_count,
    is_refused,  // its value is a list: nobody can know whether the second adds or replaces
};

// Whether a value may be empty: --flag=, GIM_FLAG=, or "flag =" in the file.
enum class empty_value { is_refused, is_allowed };

// Whether others may see its values.
enum class disclosure {
    open,
    secret,
    url,  // but for who logs in there
};

// From when on a value counts.
enum class effect { at_start, at_reload };

// One flag, in all that is said about it: parsing, help, environment and file go by this.
struct flag {
    std::string names;  // "--gateway-address,--ws": the first one gives the environment's name
    std::string group;
    std::string value;  // how --help calls the value; empty: a switch, true unless =false follows
    std::string help;
    std::string default_text;
    setter set;  // empty: one that only says where the others are read from
    repeated often = repeated::last_counts;  // all_count: `set` is called for each
    disclosure seen = disclosure::open;
    effect since = effect::at_start;  // at_reload: SIGHUP reads it again
    empty_value empty = empty_value::is_refused;

    std::string name() const { return names.substr(0, names.find(',')); }
    bool is_switch() const noexcept { return value.empty(); }
    // The variable of the first name.
    std::string environment_name() const { return environment_names().front(); }
    // The variables of all names.
    std::vector<std::string> environment_names() const;
    bool has_name(std::string_view long_name) const;
    // Checks the value and sets it.
    problem apply(const std::string& text) const;
};

// The same flag, which SIGHUP reads again.
flag live(flag f);
// The same flag, whose value may be empty.
flag may_be_empty(flag f);

// Setters of the common kinds. What they write into must live as long as they do.
setter address_into(net::address& to);
setter count_into(std::size_t& to, std::size_t least, std::size_t most);
// Takes a number of bytes, also as "64KiB", "1MiB", "2GiB".
setter bytes_into(std::size_t& to, std::size_t least, std::size_t most);
setter duration_into(duration& to, duration least, duration most);
setter switch_into(bool& to);
// Takes 1 to 256 bytes of UTF-8.
setter claim_into(std::optional<std::string>& to);

// The shortest text that bytes_into() takes back to the same value.
std::string bytes_text(std::size_t bytes);

// "must be 1 to 5, got \"6\"": in one line, whatever `text` holds.
std::string wrong(const std::string& allowed, const std::string& text);

}  // namespace gim::program
