#pragma once

#include <string>
#include <string_view>

namespace gim::auth {

// The id of the user that a login provider knows by `subject`.
//
// Problem: providers have subjects that are no ids here (auth0|507f..., f:1b2c...:ann,
// eu-west-1:9d2e...). Two subjects must never share an id, and nobody may choose a subject that is
// the id of another.
//
// A subject that is an id stays as it is. Any other one becomes "@" and the subject, in which each
// byte but A-Z a-z 0-9 _ - is written as "." and two digits (0-9 A-F): auth0|507f is @auth0.7C507f.
// If that is longer than an id may be, it becomes "@@" and the SHA-256 of the subject in base64url
// (43 characters), the only form that cannot be read backwards. An id that looks like one of these
// two forms ("@@" at its begin, or "@" and somewhere behind it "." with two such digits) is written
// that way too, so the forms are for mapped subjects only. REQUIRES: not empty.
std::string id_of_subject(std::string_view subject);

}  // namespace gim::auth
