// Checks that an expression throws scwkms::Error with a code.
#ifndef REFUSES_HPP
#define REFUSES_HPP

#include <scwkms.hpp>

#include "../c/check.h"

#define REFUSES(expected, ...)                                                                          \
  do {                                                                                                  \
    try {                                                                                               \
      static_cast<void>(__VA_ARGS__);                                                                   \
      CHECK(false, "no error: %s", #__VA_ARGS__);                                                    \
    } catch (const scwkms::Error& error) {                                                              \
      CHECK(error.code() == scwkms::ErrorCode::expected, "%d: %s", static_cast<int>(error.code()), error.what()); \
      CHECK(error.what()[0] != '\0', "no message: %s", #__VA_ARGS__);                                      \
    }                                                                                                   \
  } while (false)

#endif
