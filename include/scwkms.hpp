/*
 * scwkms for C++17: scwkms.h with destructors and exceptions. Header only.
 *
 *   scwkms::Client client("scwkms:region=fr-par");
 *   scwkms::Buffer signature = client.sign("scwkms:name=my-key", digest);
 *
 * The documentation of each function in scwkms.h applies here too. In addition:
 *
 * - A failure is thrown as scwkms::Error. Only functions marked noexcept never throw. If memory runs out,
 *   std::bad_alloc is thrown.
 * - Client, Buffer and Operation can be moved, not copied. A moved-from object is empty; it can be destroyed and
 *   assigned to.
 * - A std::string_view is copied, since it may lack the NUL at its end.
 * - Several threads may use a const Client at the same time. Moving, assigning, resetting and destroying a Client need
 *   the same synchronisation as with any other object; calls that are in flight on other threads continue to their end.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_HPP
#define SCWKMS_HPP

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "scwkms.h"
#include "scwkms_calls.hpp"
#include "scwkms_convert.hpp"
#include "scwkms_error.hpp"
#include "scwkms_operation.hpp"
#include "scwkms_types.hpp"
#if defined(__cpp_impl_coroutine)
#include "scwkms_await.hpp"
#endif

namespace scwkms {

/* The library's version, "0.1.0" for example. */
inline std::string_view version() noexcept { return scwkms_version(); }

/* An algorithm's name as the service writes it; empty for `unspecified` and for unknown numbers. */
inline std::string_view algorithm_name(Algorithm algorithm) noexcept {
  const char* name = scwkms_algorithm_name(detail::number(algorithm));
  return name != nullptr ? std::string_view(name) : std::string_view();
}

/* Checks the syntax of a key reference, of a client's URI, or of a URI that is both. Sends nothing. */
inline void validate_name(TextView name) {
  detail::RawError error;
  error.check(scwkms_validate_name(detail::text(name, "name"), error.out()));
}

/* A client of Key Manager. Its operations are those of Calls. */
class Client : public Calls {
 public:
  /* Opens a client. With an empty URI all settings come from the environment and the config file; a null pointer is an
     error. Sends nothing. */
  [[nodiscard]] explicit Client(TextView uri = "") {
    if (scwkms_abi_version() != SCWKMS_ABI_VERSION) {
      throw Error(ErrorCode::configuration, "the scwkms library has ABI version " +
                                                std::to_string(scwkms_abi_version()) + ", the header scwkms.h has " +
                                                std::to_string(SCWKMS_ABI_VERSION));
    }
    detail::RawError error;
    handle_ = scwkms_open(detail::text(uri, "uri"), error.out());
    error.check(scwkms_error_code(error.get()));
  }
  Client(Client&& other) noexcept : Calls(std::exchange(other.handle_, 0), {}) {}
  Client& operator=(Client&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, 0);
    }
    return *this;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { reset(); }

  /* Lets no operation start any more: later calls throw `invalid_handle`. Operations in flight end by their deadline,
     and their results can be taken. Closing twice is allowed. */
  void close() const noexcept { scwkms_close(handle_); }
  /* Frees the client, as the destructor does: the object is empty, and operations without a result are cancelled. */
  void reset() noexcept { scwkms_free(std::exchange(handle_, 0)); }
  /* Whether the object has a client: neither reset nor moved from. */
  explicit operator bool() const noexcept { return handle_ != 0; }
  /* The client of the C interface. It stays owned by this object. */
  scwkms_client handle() const noexcept { return handle_; }
  /* The timeout of the client's operations; 0 if the object is empty. */
  std::chrono::milliseconds timeout() const noexcept {
    return std::chrono::milliseconds(scwkms_timeout_ms(handle_));
  }
  /* The client's operations with a deadline that is shorter than the client's timeout, for example
     `client.within(std::chrono::seconds(2)).sign(key, digest)`. The timeout must be positive. */
  [[nodiscard]] Calls within(std::chrono::milliseconds timeout) const {
    if (timeout.count() <= 0) {
      throw Error(ErrorCode::invalid_argument, "the timeout of an operation is not positive");
    }
    return Bounded(handle_, timeout);
  }

 private:
  struct Bounded : Calls {
    Bounded(scwkms_client handle, std::chrono::milliseconds timeout) noexcept : Calls(handle, timeout) {}
  };
};

}  // namespace scwkms

#include "scwkms_observer.hpp"
#include "scwkms_envelope.hpp"

#endif
