#pragma once

#include "protocol/error.hpp"

#include <doctest/doctest.h>

#include <string>

// How the report of a failed check shows an answer.
template <class T>
struct doctest::StringMaker<gim::protocol::result<T>> {
    static String convert(const gim::protocol::result<T>& answer) {
        return answer ? "an answer" : (std::string("refused: ") + answer.error().message).c_str();
    }
};
