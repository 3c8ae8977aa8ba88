/*
 * The errors of scwkms.hpp, which includes this header.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_ERROR_HPP
#define SCWKMS_ERROR_HPP

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>

#include "scwkms.h"

namespace scwkms {

/* The kinds of errors; scwkms.h explains each. Later versions may add some. */
enum class ErrorCode : std::int32_t {
  invalid_argument = SCWKMS_ERROR_INVALID_ARGUMENT,
  invalid_handle = SCWKMS_ERROR_INVALID_HANDLE,
  configuration = SCWKMS_ERROR_CONFIGURATION,
  authentication = SCWKMS_ERROR_AUTHENTICATION,
  permission_denied = SCWKMS_ERROR_PERMISSION_DENIED,
  not_found = SCWKMS_ERROR_NOT_FOUND,
  already_exists = SCWKMS_ERROR_ALREADY_EXISTS,
  unsupported = SCWKMS_ERROR_UNSUPPORTED,
  key_state = SCWKMS_ERROR_KEY_STATE,
  rate_limited = SCWKMS_ERROR_RATE_LIMITED,
  unavailable = SCWKMS_ERROR_UNAVAILABLE,
  timeout = SCWKMS_ERROR_TIMEOUT,
  network = SCWKMS_ERROR_NETWORK,
  protocol = SCWKMS_ERROR_PROTOCOL,
  integrity = SCWKMS_ERROR_INTEGRITY,
  cancelled = SCWKMS_ERROR_CANCELLED,
  internal = SCWKMS_ERROR_INTERNAL,
};

}  // namespace scwkms

template <>
struct std::is_error_code_enum<scwkms::ErrorCode> : std::true_type {};

namespace scwkms {

namespace detail {

inline const char* describe(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid argument";
    case ErrorCode::invalid_handle: return "invalid handle";
    case ErrorCode::configuration: return "invalid settings";
    case ErrorCode::authentication: return "unknown credentials";
    case ErrorCode::permission_denied: return "permission denied";
    case ErrorCode::not_found: return "not found";
    case ErrorCode::already_exists: return "already exists";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::key_state: return "the key's state does not permit the operation";
    case ErrorCode::rate_limited: return "too many requests";
    case ErrorCode::unavailable: return "the service failed";
    case ErrorCode::timeout: return "the deadline passed";
    case ErrorCode::network: return "the network failed";
    case ErrorCode::protocol: return "a malformed response";
    case ErrorCode::integrity: return "the response does not match the request";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::internal: return "a defect of the library";
  }
  return "unknown error";
}

class ErrorCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "scwkms"; }
  std::string message(int code) const override { return describe(static_cast<ErrorCode>(code)); }
  /* Comparable codes of the standard: error == std::errc::timed_out, for example. */
  std::error_condition default_error_condition(int code) const noexcept override {
    switch (static_cast<ErrorCode>(code)) {
      case ErrorCode::invalid_argument: return std::errc::invalid_argument;
      case ErrorCode::permission_denied: return std::errc::permission_denied;
      case ErrorCode::unsupported: return std::errc::not_supported;
      case ErrorCode::timeout: return std::errc::timed_out;
      case ErrorCode::cancelled: return std::errc::operation_canceled;
      default: return {code, *this};
    }
  }
};

}  // namespace detail

/* The category of ErrorCode. */
inline const std::error_category& error_category() noexcept {
  static const detail::ErrorCategory category;
  return category;
}

/* Converts a code, also implicitly: `std::error_code code = scwkms::ErrorCode::timeout;` */
inline std::error_code make_error_code(ErrorCode code) noexcept {
  return {static_cast<int>(code), error_category()};
}

/* Thrown by every function that fails. what() is the message, a text for people. */
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, int http_status = 0, const std::string& request_id = {})
      : std::runtime_error(message),
        code_(code),
        http_status_(http_status),
        request_id_(std::make_shared<const std::string>(request_id)) {}
  /* Copies an error of the C interface, which stays the caller's. */
  explicit Error(const scwkms_error* error)
      : Error(static_cast<ErrorCode>(scwkms_error_code(error)), scwkms_error_message(error),
              scwkms_error_http_status(error), scwkms_error_request_id(error)) {}
  /* There are no moves: a moved-from error would have no request id. */
  Error(const Error&) noexcept = default;
  Error& operator=(const Error&) noexcept = default;

  ErrorCode code() const noexcept { return code_; }
  /* The same as a std::error_code of error_category(). */
  std::error_code error_code() const noexcept { return make_error_code(code_); }
  /* The HTTP status of the response that caused the error; 0 if there was no response. */
  int http_status() const noexcept { return http_status_; }
  /* The service's X-Request-Id, which Scaleway's support asks for; empty if there was no response. */
  const std::string& request_id() const noexcept { return *request_id_; }

 private:
  ErrorCode code_;
  int http_status_;
  std::shared_ptr<const std::string> request_id_; /* shared, because copying an exception must not throw */
};

}  // namespace scwkms

#endif
