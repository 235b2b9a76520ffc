#pragma once

#include <string_view>

namespace gim::api {

// openapi.yaml with the version filled in. CMake writes the definition from openapi.cpp.in.
extern const std::string_view openapi_yaml;

}  // namespace gim::api
