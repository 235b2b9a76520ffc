#pragma once

#include <concepts>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gim::program {

// The variables of a process.
class environment {
public:
    // `get` is like std::getenv: nullptr when the variable is not set. `names` are those of all
    // variables.
    template <class Get>
    requires std::is_invocable_r_v<const char*, const Get&, const char*> &&
        (!std::same_as<std::remove_cvref_t<Get>, environment>)
            environment(Get get, std::vector<std::string> names = {})
        : get_(std::move(get)), names_(std::move(names)) {}

    const char* operator()(const char* name) const { return get_(name); }
    const std::vector<std::string>& names() const noexcept { return names_; }

private:
    std::function<const char*(const char* name)> get_;
    std::vector<std::string> names_;
};

inline environment process_environment() {
    std::vector<std::string> names;
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        names.emplace_back(text.substr(0, text.find('=')));
    }
    return {[](const char* name) -> const char* { return std::getenv(name); }, std::move(names)};
}

}  // namespace gim::program
