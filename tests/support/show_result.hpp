#pragma once

#include "model/error.hpp"

#include <doctest/doctest.h>

#include <string>

// How the report of a failed check shows an answer.
template <class T>
struct doctest::StringMaker<gim::model::result<T>> {
    static String convert(const gim::model::result<T>& answer) {
        return answer ? "an answer" : (std::string("refused: ") + answer.error().message).c_str();
    }
};
