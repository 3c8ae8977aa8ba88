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
 * - Several threads may use a const Client at the same time. Moving, assigning, resetting and destroying a Client need
 *   the same synchronisation as with any other object; calls that are in flight on other threads continue to their end.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_HPP
#define SCWKMS_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scwkms.h"
#include "scwkms_types.hpp"

namespace scwkms {

namespace detail {

/* Owns an object that the C interface returns by pointer, and frees it with `Free`. */
template <typename T, void (*Free)(T*)>
class Owned {
 public:
  Owned() noexcept = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { Free(raw_); }

  T** out() noexcept { return &raw_; }
  const T* get() const noexcept { return raw_; }

 private:
  T* raw_ = nullptr;
};

/* An error of the C interface. */
class RawError : public Owned<scwkms_error, scwkms_error_free> {
 public:
  /* Throws the error unless the code is SCWKMS_OK. */
  void check(std::int32_t code) const {
    if (code != SCWKMS_OK) {
      throw get() != nullptr ? Error(get()) : Error(static_cast<ErrorCode>(code), "an error without a message");
    }
  }
};

/* Text for the C interface, for which the text would end at a NUL inside it. */
inline const char* text(TextView text, const char* name) {
  if (text.data() == nullptr || text.has_nul()) {
    const char* const mistake = text.has_nul() ? " contains a NUL character" : " is a null pointer";
    throw Error(ErrorCode::invalid_argument, std::string("the argument ") + name + mistake);
  }
  return text.data();
}

/* The number of an enumerator in the C interface. */
template <typename Enum>
constexpr std::uint32_t number(Enum value) noexcept {
  return static_cast<std::uint32_t>(value);
}

inline scwkms_async_options raw_options(const AsyncOptions& options) {
  if (options.timeout.count() < 0) {
    throw Error(ErrorCode::invalid_argument, "the timeout of an operation is negative");
  }
  scwkms_async_options raw{};
  raw.size = sizeof raw;
  raw.callback = options.callback;
  raw.context = options.context;
  raw.timeout_ms = static_cast<std::uint32_t>(std::min(options.timeout, std::chrono::milliseconds(UINT32_MAX)).count());
  return raw;
}

inline std::vector<std::uint8_t> public_key_of(const scwkms_key* raw) {
  std::size_t length = 0;
  const std::uint8_t* bytes = scwkms_key_public_key(raw, &length);
  return bytes != nullptr ? std::vector<std::uint8_t>(bytes, bytes + length) : std::vector<std::uint8_t>();
}

inline std::vector<std::string> tags_of(const scwkms_key* raw) {
  std::vector<std::string> tags;
  const std::size_t count = scwkms_key_tag_count(raw);
  tags.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    tags.emplace_back(scwkms_key_tag(raw, i));
  }
  return tags;
}

inline Key to_key(const scwkms_key* raw) {
  Key key;
  key.uri = scwkms_key_uri(raw);
  key.id = scwkms_key_id(raw);
  key.region = scwkms_key_region(raw);
  key.project_id = scwkms_key_project_id(raw);
  key.name = scwkms_key_name(raw);
  key.description = scwkms_key_description(raw);
  key.usage = scwkms_key_usage(raw);
  key.algorithm_name = scwkms_key_algorithm_name(raw);
  key.state = scwkms_key_state(raw);
  key.origin = scwkms_key_origin(raw);
  key.protection_level = scwkms_key_protection_level(raw);
  key.created_at = scwkms_key_created_at(raw);
  key.updated_at = scwkms_key_updated_at(raw);
  key.rotated_at = scwkms_key_rotated_at(raw);
  key.deletion_requested_at = scwkms_key_deletion_requested_at(raw);
  key.tags = tags_of(raw);
  key.public_key = public_key_of(raw);
  key.algorithm = static_cast<Algorithm>(scwkms_key_algorithm(raw));
  key.rotation_count = scwkms_key_rotation_count(raw);
  key.is_protected = scwkms_key_is_protected(raw);
  key.is_locked = scwkms_key_is_locked(raw);
  return key;
}

inline std::vector<Key> to_keys(const scwkms_key_list* raw) {
  std::vector<Key> keys;
  const std::size_t count = scwkms_key_list_len(raw);
  keys.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(to_key(scwkms_key_list_get(raw, i)));
  }
  return keys;
}

/* The access of this header to the C buffer in a Buffer. */
struct Access {
  static scwkms_buffer* raw(Buffer& buffer) noexcept { return &buffer.raw_; }
};

/* The result of an operation. fill() calls `call` with the outputs of the C interface for this result; value() converts
   them; `wait` is the C function that takes the result of an asynchronous operation. */
template <typename Result>
class Taken;

template <>
class Taken<Buffer> {
 public:
  static constexpr auto wait = scwkms_wait;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(Access::raw(raw_));
  }
  Buffer value() noexcept { return std::move(raw_); }

 private:
  Buffer raw_;
};

template <>
class Taken<PublicKey> {
 public:
  static constexpr auto wait = scwkms_wait_public_key;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(Access::raw(spki_der_), &algorithm_);
  }
  PublicKey value() noexcept { return PublicKey{std::move(spki_der_), static_cast<Algorithm>(algorithm_)}; }

 private:
  Buffer spki_der_;
  std::uint32_t algorithm_ = 0;
};

template <>
class Taken<Key> {
 public:
  static constexpr auto wait = scwkms_wait_key;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(raw_.out());
  }
  Key value() const { return to_key(raw_.get()); }

 private:
  Owned<scwkms_key, scwkms_key_free> raw_;
};

template <>
class Taken<std::vector<Key>> {
 public:
  static constexpr auto wait = scwkms_wait_key_list;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(raw_.out());
  }
  std::vector<Key> value() const { return to_keys(raw_.get()); }

 private:
  Owned<scwkms_key_list, scwkms_key_list_free> raw_;
};

template <>
class Taken<void> {
 public:
  static constexpr auto wait = scwkms_wait_done;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call();
  }
  void value() const noexcept {}
};

}  // namespace detail

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

/* An asynchronous operation of a client. The destructor cancels it unless its result was taken, and returns after the
   callback has returned. A discarded operation is therefore cancelled; compilers warn of it. */
template <typename Result>
class [[nodiscard]] Operation {
 public:
  Operation() noexcept = default;
  Operation(Operation&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  Operation& operator=(Operation&& other) noexcept {
    if (this != &other) {
      abandon();
      handle_ = std::exchange(other.handle_, 0);
    }
    return *this;
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { abandon(); }

  /* Waits for the result and takes it: a value, or the operation's error, which is thrown. Throws `cancelled` if the
     operation was cancelled, `invalid_handle` if the result was taken before or the client was freed. Inside the
     callback of another operation, `invalid_argument` is thrown if there is no result yet, which can be taken later. */
  Result wait() {
    detail::RawError error;
    detail::Taken<Result> taken;
    const std::int32_t code = take(taken, error.out());
    if (code != SCWKMS_ERROR_INVALID_ARGUMENT || was_taken()) {
      handle_ = 0;
    }
    error.check(code);
    return taken.value();
  }
  /* Cancels the operation if it has no result yet. Another thread may wait for it at the same time. */
  void cancel() const noexcept { scwkms_cancel(handle_); }
  /* Whether the object has an operation whose result was not taken. */
  explicit operator bool() const noexcept { return handle_ != 0; }
  /* The operation of the C interface, which is the argument of the callback. It stays owned by this object. */
  scwkms_operation handle() const noexcept { return handle_; }

 private:
  friend class Client;

  std::int32_t take(detail::Taken<Result>& taken, scwkms_error** error) const noexcept {
    return taken.fill([&](auto... outputs) { return detail::Taken<Result>::wait(handle_, outputs..., error); });
  }
  /* Whether the result was taken, after an attempt to take it failed with invalid_argument: this is the operation's own
     error, or waiting was refused inside a callback. A second attempt fails for the same reason, or because nothing is
     left to take. */
  bool was_taken() const noexcept {
    detail::Taken<Result> unwanted;
    return take(unwanted, nullptr) == SCWKMS_ERROR_INVALID_HANDLE;
  }
  /* Cancels the operation and takes its result, since an operation with a result stays with its client. */
  void abandon() noexcept {
    detail::Taken<Result> unwanted;
    scwkms_cancel(handle_);
    take(unwanted, nullptr);
    handle_ = 0;
  }

  scwkms_operation handle_ = 0;
};

/* A client of Key Manager. Each operation has a blocking form and an asynchronous one, whose name ends in _async. */
class Client {
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
  Client(Client&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
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

  /* A key's public half and algorithm. `unsupported` for a symmetric key. */
  PublicKey public_key(TextView key) const {
    return call<PublicKey>(scwkms_public_key, detail::text(key, "key"));
  }
  Operation<PublicKey> public_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<PublicKey>(scwkms_public_key_async, options, detail::text(key, "key"));
  }

  /* Signs a digest, which must be as long as the key's hash. If `expected` is given, the key must have this algorithm.
   */
  Buffer sign(TextView key, ByteView digest, Algorithm expected = Algorithm::unspecified) const {
    return call<Buffer>(scwkms_sign, detail::text(key, "key"), detail::number(expected), digest.data(), digest.size());
  }
  Operation<Buffer> sign_async(TextView key, ByteView digest, Algorithm expected = Algorithm::unspecified,
                               const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_sign_async, options, detail::text(key, "key"), detail::number(expected), digest.data(),
                         digest.size());
  }

  /* Decrypts with an RSA-OAEP or AES-256-GCM key. */
  Buffer decrypt(TextView key, ByteView ciphertext) const {
    return call<Buffer>(scwkms_decrypt, detail::text(key, "key"), ciphertext.data(), ciphertext.size());
  }
  Operation<Buffer> decrypt_async(TextView key, ByteView ciphertext, const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_decrypt_async, options, detail::text(key, "key"), ciphertext.data(), ciphertext.size());
  }

  /* Has the service encrypt with an RSA-OAEP or AES-256-GCM key. */
  Buffer encrypt(TextView key, ByteView plaintext) const {
    return call<Buffer>(scwkms_encrypt, detail::text(key, "key"), plaintext.data(), plaintext.size());
  }
  Operation<Buffer> encrypt_async(TextView key, ByteView plaintext, const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_encrypt_async, options, detail::text(key, "key"), plaintext.data(), plaintext.size());
  }

  /* A key's metadata, as it was when the client first used the key, with its public half. */
  [[nodiscard]] Key get_key(TextView key) const { return call<Key>(scwkms_get_key, detail::text(key, "key")); }
  Operation<Key> get_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_get_key_async, options, detail::text(key, "key"));
  }

  /* Creates a key. `name` is plain text, or a URI with further parameters. */
  Key create_key(TextView name, Algorithm algorithm = Algorithm::unspecified,
                 ProtectionLevel protection_level = ProtectionLevel::unspecified) const {
    return call<Key>(scwkms_create_key, detail::text(name, "name"), detail::number(algorithm),
                     detail::number(protection_level));
  }
  Operation<Key> create_key_async(TextView name, Algorithm algorithm = Algorithm::unspecified,
                                  ProtectionLevel protection_level = ProtectionLevel::unspecified,
                                  const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_create_key_async, options, detail::text(name, "name"), detail::number(algorithm),
                      detail::number(protection_level));
  }

  /* Schedules a key for deletion. It can be restored for 7 days. */
  void delete_key(TextView key) const { call<void>(scwkms_delete_key, detail::text(key, "key")); }
  Operation<void> delete_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<void>(scwkms_delete_key_async, options, detail::text(key, "key"));
  }

  /* The keys that match a query, in the order of their names; all keys for an empty query. */
  [[nodiscard]] std::vector<Key> find_keys(TextView query = "") const {
    return call<std::vector<Key>>(scwkms_find_keys, detail::text(query, "query"));
  }
  Operation<std::vector<Key>> find_keys_async(TextView query = "", const AsyncOptions& options = {}) const {
    return start<std::vector<Key>>(scwkms_find_keys_async, options, detail::text(query, "query"));
  }

 private:
  /* Calls the blocking function of an operation. */
  template <typename Result, typename Function, typename... Arguments>
  Result call(Function function, Arguments... arguments) const {
    detail::RawError error;
    detail::Taken<Result> taken;
    error.check(taken.fill([&](auto... outputs) { return function(handle_, arguments..., outputs..., error.out()); }));
    return taken.value();
  }
  /* Calls the asynchronous function of an operation. */
  template <typename Result, typename Function, typename... Arguments>
  Operation<Result> start(Function function, const AsyncOptions& options, Arguments... arguments) const {
    const scwkms_async_options raw = detail::raw_options(options);
    detail::RawError error;
    Operation<Result> operation;
    error.check(function(handle_, arguments..., &raw, &operation.handle_, error.out()));
    return operation;
  }

  scwkms_client handle_ = 0;
};

}  // namespace scwkms

#include "scwkms_envelope.hpp"

#endif
