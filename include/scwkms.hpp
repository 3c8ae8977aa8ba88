/*
 * scwkms for C++17: the functions of scwkms.h with destructors and exceptions. Header only.
 *
 *   scwkms::Client client("scwkms:region=fr-par");
 *   scwkms::Buffer signature = client.sign("scwkms:name=my-key", digest);
 *
 * What scwkms.h says of each function holds here too. Beyond it:
 *
 * - A failure is thrown as scwkms::Error; only what is marked noexcept never throws. Lack of memory is std::bad_alloc.
 * - Client, Buffer and Request can be moved, not copied. What was moved from is empty, and may be destroyed or assigned to.
 * - A const Client may be used by any number of threads at once. Moving, assigning, closing and destroying one need the
 *   same care as with any other object; calls that are under way in other threads go on to their end.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_HPP
#define SCWKMS_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "scwkms.h"

namespace scwkms {

/* What went wrong; scwkms.h explains each. More may come. */
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

/* A key's algorithm; scwkms.h explains each. A key may have one that is newer than this header. */
enum class Algorithm : std::uint32_t {
  unspecified = SCWKMS_ALGORITHM_UNSPECIFIED,
  ec_p256_sha256 = SCWKMS_ALGORITHM_EC_P256_SHA256,
  ec_p384_sha384 = SCWKMS_ALGORITHM_EC_P384_SHA384,
  rsa_pss_2048_sha256 = SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256,
  rsa_pss_3072_sha256 = SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256,
  rsa_pss_4096_sha256 = SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256,
  rsa_pkcs1_2048_sha256 = SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256,
  rsa_pkcs1_3072_sha256 = SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256,
  rsa_pkcs1_4096_sha256 = SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256,
  rsa_oaep_2048_sha256 = SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256,
  rsa_oaep_3072_sha256 = SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256,
  rsa_oaep_4096_sha256 = SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256,
  aes_256_gcm = SCWKMS_ALGORITHM_AES_256_GCM,
  ml_dsa_44 = SCWKMS_ALGORITHM_ML_DSA_44,
  ml_dsa_65 = SCWKMS_ALGORITHM_ML_DSA_65,
  ml_dsa_87 = SCWKMS_ALGORITHM_ML_DSA_87,
  ml_kem_768 = SCWKMS_ALGORITHM_ML_KEM_768,
  ml_kem_1024 = SCWKMS_ALGORITHM_ML_KEM_1024,
  ec_secp256k1_sha256 = SCWKMS_ALGORITHM_EC_SECP256K1_SHA256,
};

/* Where a new key's operations are carried out. */
enum class ProtectionLevel : std::uint32_t {
  unspecified = SCWKMS_PROTECTION_LEVEL_UNSPECIFIED,
  software = SCWKMS_PROTECTION_LEVEL_SOFTWARE,
  hsm = SCWKMS_PROTECTION_LEVEL_HSM,
};

/* What every failing function throws. what() is the explanation for people. */
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, int http_status = 0, const std::string& request_id = {})
      : std::runtime_error(message),
        code_(code),
        http_status_(http_status),
        request_id_(std::make_shared<const std::string>(request_id)) {}
  Error(const Error&) noexcept = default; /* and no moves, which would leave an error without its request id */
  Error& operator=(const Error&) noexcept = default;

  ErrorCode code() const noexcept { return code_; }
  /* HTTP status of the answer that caused the error, 0 where none came. */
  int http_status() const noexcept { return http_status_; }
  /* The service's X-Request-Id, to quote to its support; empty where none came. */
  const std::string& request_id() const noexcept { return *request_id_; }

 private:
  ErrorCode code_;
  int http_status_;
  std::shared_ptr<const std::string> request_id_; /* shared, since copying an exception must not throw */
};

/* Bytes that a call reads: a pointer and a length. It is made from any container of bytes that lies in one piece
   (std::vector, std::array, std::string, std::span, Buffer), which must outlive the call. */
class ByteView {
 public:
  constexpr ByteView() noexcept = default;
  constexpr ByteView(const std::uint8_t* data, std::size_t size) noexcept : data_(data), size_(size) {}
  template <std::size_t N>
  constexpr ByteView(const std::uint8_t (&bytes)[N]) noexcept : data_(bytes), size_(N) {}
  template <typename Container,
            typename Byte = std::remove_pointer_t<decltype(std::declval<const Container&>().data())>,
            typename = std::enable_if_t<sizeof(Byte) == 1 && std::is_trivially_copyable_v<Byte>>>
  ByteView(const Container& bytes) noexcept
      : data_(reinterpret_cast<const std::uint8_t*>(bytes.data())), size_(bytes.size()) {}

  constexpr const std::uint8_t* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/* Bytes that the library allocated: a public key, a signature, a plaintext. Wiped and freed with the object. */
class Buffer {
 public:
  using value_type = std::uint8_t;

  Buffer() noexcept = default;
  Buffer(Buffer&& other) noexcept : raw_(std::exchange(other.raw_, scwkms_buffer{})) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      scwkms_buffer_free(&raw_);
      raw_ = std::exchange(other.raw_, scwkms_buffer{});
    }
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { scwkms_buffer_free(&raw_); }

  const std::uint8_t* data() const noexcept { return raw_.data; }
  std::size_t size() const noexcept { return raw_.len; }
  bool empty() const noexcept { return raw_.len == 0; }
  const std::uint8_t* begin() const noexcept { return raw_.data; }
  const std::uint8_t* end() const noexcept { return raw_.data + raw_.len; }
  std::uint8_t operator[](std::size_t index) const noexcept { return raw_.data[index]; }
  /* A copy, which is not wiped. */
  std::vector<std::uint8_t> to_vector() const { return std::vector<std::uint8_t>(begin(), end()); }

 private:
  friend class Client;
  friend class Request;
  scwkms_buffer raw_{};
};

/* A key's public half. */
struct PublicKey {
  Buffer spki_der; /* SubjectPublicKeyInfo in DER (RFC 5280) */
  Algorithm algorithm = Algorithm::unspecified;
};

/* A key's metadata; scwkms_key in scwkms.h explains each member. */
struct KeyInfo {
  std::string uri, id, region, project_id, name, usage, algorithm_name, state, protection_level, created_at;
  Algorithm algorithm = Algorithm::unspecified;
  bool is_protected = false;
  bool is_locked = false;
};

namespace detail {

/* An error of the C interface, freed with the object. */
class RawError {
 public:
  RawError() noexcept = default;
  RawError(const RawError&) = delete;
  RawError& operator=(const RawError&) = delete;
  ~RawError() { scwkms_error_free(&raw_); }

  operator scwkms_error*() noexcept { return &raw_; }
  /* Throws it, unless the code is that of success. */
  void check(std::int32_t code) const {
    if (code != SCWKMS_OK) {
      throw Error(static_cast<ErrorCode>(code), raw_.message != nullptr ? raw_.message : "an error without a text",
                  raw_.http_status, raw_.request_id != nullptr ? raw_.request_id : "");
    }
  }
  void raise() const { check(raw_.code); }

 private:
  scwkms_error raw_{};
};

/* Text for the C interface, which would take a NUL inside for its end. */
inline const char* text(const std::string& text, const char* name) {
  if (text.find('\0') != std::string::npos) {
    throw Error(ErrorCode::invalid_argument, std::string("the argument ") + name + " has a NUL inside");
  }
  return text.c_str();
}

inline KeyInfo key_info(const scwkms_key& key) {
  KeyInfo info;
  info.uri = key.uri;
  info.id = key.id;
  info.region = key.region;
  info.project_id = key.project_id;
  info.name = key.name;
  info.usage = key.usage;
  info.algorithm_name = key.algorithm_name;
  info.state = key.state;
  info.protection_level = key.protection_level;
  info.created_at = key.created_at;
  info.algorithm = static_cast<Algorithm>(key.algorithm);
  info.is_protected = key.is_protected;
  info.is_locked = key.is_locked;
  return info;
}

struct RawKey {
  scwkms_key raw{};
  RawKey() noexcept = default;
  RawKey(const RawKey&) = delete;
  RawKey& operator=(const RawKey&) = delete;
  ~RawKey() { scwkms_key_free(&raw); }
};

struct RawKeyList {
  scwkms_key_list raw{};
  RawKeyList() noexcept = default;
  RawKeyList(const RawKeyList&) = delete;
  RawKeyList& operator=(const RawKeyList&) = delete;
  ~RawKeyList() { scwkms_key_list_free(&raw); }
};

}  // namespace detail

/* The library's version, "0.1.0" for example. */
inline std::string_view version() noexcept { return scwkms_version(); }

/* An algorithm's name as the service writes it; empty for `unspecified` and for numbers that are no algorithm's. */
inline std::string_view algorithm_name(Algorithm algorithm) noexcept {
  const char* name = scwkms_algorithm_name(static_cast<std::uint32_t>(algorithm));
  return name != nullptr ? std::string_view(name) : std::string_view();
}

/* Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Sends nothing. */
inline void validate_name(const std::string& name) {
  detail::RawError error;
  error.check(scwkms_validate_name(detail::text(name, "name"), error));
}

/* An operation that a client has started. Unless its result was taken it is given up with the object, whose destructor
   returns once the callback has. */
class Request {
 public:
  Request() noexcept = default;
  Request(Request&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  Request& operator=(Request&& other) noexcept {
    if (this != &other) {
      give_up();
      handle_ = std::exchange(other.handle_, 0);
    }
    return *this;
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() { give_up(); }

  /* Waits for the result and takes it: the signature, the plaintext, or the public key in DER. `cancelled` if the
     operation was given up, `invalid_handle` if the result was taken before or the client was closed. */
  Buffer wait() {
    detail::RawError error;
    Buffer result;
    const std::int32_t code = scwkms_wait(handle_, &result.raw_, error);
    if (code != SCWKMS_ERROR_INVALID_ARGUMENT) { /* which may be for waiting inside of a callback, and ends nothing */
      handle_ = 0;
    }
    error.check(code);
    return result;
  }
  /* Gives the operation up, if its result is not there yet; another thread may wait meanwhile. */
  void cancel() const noexcept { scwkms_cancel(handle_); }
  /* Whether there is an operation whose result was not taken. */
  explicit operator bool() const noexcept { return handle_ != 0; }
  /* The request of the C interface, which stays this object's. It is what a callback is called with. */
  scwkms_request handle() const noexcept { return handle_; }

 private:
  friend class Client;

  /* Takes the result of what was given up, since a request stays with its client until then. */
  void give_up() noexcept {
    Buffer unwanted;
    scwkms_cancel(handle_);
    scwkms_wait(std::exchange(handle_, 0), &unwanted.raw_, nullptr);
  }

  scwkms_request handle_ = 0;
};

/* A client of Key Manager. */
class Client {
 public:
  /* Opens a client; an empty URI leaves all to the environment and the config file. Nothing is sent yet. */
  explicit Client(const std::string& uri = {}) {
    if (scwkms_abi_version() != SCWKMS_ABI_VERSION) {
      throw Error(ErrorCode::configuration, "the scwkms library is not the one that its header belongs to");
    }
    detail::RawError error;
    handle_ = scwkms_open(detail::text(uri, "uri"), error);
    if (handle_ == 0) {
      error.raise();
    }
  }
  Client(Client&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  Client& operator=(Client&& other) noexcept {
    if (this != &other) {
      close();
      handle_ = std::exchange(other.handle_, 0);
    }
    return *this;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(); }

  /* Frees the client; later calls throw invalid_handle. Closing twice is fine. */
  void close() noexcept { scwkms_free(std::exchange(handle_, 0)); }
  /* Whether the client is open: not closed and not moved from. */
  explicit operator bool() const noexcept { return handle_ != 0; }
  /* The client of the C interface, which stays this object's. */
  scwkms_client handle() const noexcept { return handle_; }

  /* A key's public half and algorithm. `unsupported` for a symmetric key. */
  PublicKey public_key(const std::string& key) const {
    detail::RawError error;
    PublicKey found;
    std::uint32_t algorithm = 0;
    error.check(scwkms_public_key(handle_, detail::text(key, "key"), &found.spki_der.raw_, &algorithm, error));
    found.algorithm = static_cast<Algorithm>(algorithm);
    return found;
  }

  /* Signs a digest, whose length is that of the key's hash. `expected` is the algorithm that the caller relies on. */
  Buffer sign(const std::string& key, ByteView digest, Algorithm expected = Algorithm::unspecified) const {
    detail::RawError error;
    Buffer signature;
    error.check(scwkms_sign(handle_, detail::text(key, "key"), static_cast<std::uint32_t>(expected), digest.data(),
                            digest.size(), &signature.raw_, error));
    return signature;
  }

  /* Decrypts with an RSA-OAEP or AES-256-GCM key. */
  Buffer decrypt(const std::string& key, ByteView ciphertext) const {
    detail::RawError error;
    Buffer plaintext;
    error.check(scwkms_decrypt(handle_, detail::text(key, "key"), ciphertext.data(), ciphertext.size(),
                               &plaintext.raw_, error));
    return plaintext;
  }

  /* Start what the functions without _async do, and do not wait for it. `callback`, which must not throw, is called with
     `context` once the result is there. */
  Request sign_async(const std::string& key, ByteView digest, Algorithm expected = Algorithm::unspecified,
                     scwkms_callback callback = nullptr, void* context = nullptr) const {
    detail::RawError error;
    Request request;
    error.check(scwkms_sign_async(handle_, detail::text(key, "key"), static_cast<std::uint32_t>(expected),
                                  digest.data(), digest.size(), callback, context, &request.handle_, error));
    return request;
  }
  Request decrypt_async(const std::string& key, ByteView ciphertext, scwkms_callback callback = nullptr,
                        void* context = nullptr) const {
    detail::RawError error;
    Request request;
    error.check(scwkms_decrypt_async(handle_, detail::text(key, "key"), ciphertext.data(), ciphertext.size(), callback,
                                     context, &request.handle_, error));
    return request;
  }
  Request public_key_async(const std::string& key, scwkms_callback callback = nullptr, void* context = nullptr) const {
    detail::RawError error;
    Request request;
    error.check(
        scwkms_public_key_async(handle_, detail::text(key, "key"), callback, context, &request.handle_, error));
    return request;
  }

  /* Encrypts, by the service, with an RSA-OAEP or AES-256-GCM key. */
  Buffer encrypt(const std::string& key, ByteView plaintext) const {
    detail::RawError error;
    Buffer ciphertext;
    error.check(scwkms_encrypt(handle_, detail::text(key, "key"), plaintext.data(), plaintext.size(),
                               &ciphertext.raw_, error));
    return ciphertext;
  }

  /* Creates a key: `name` is plain text, or a URI that says more. */
  KeyInfo create_key(const std::string& name, Algorithm algorithm = Algorithm::unspecified,
                     ProtectionLevel protection_level = ProtectionLevel::unspecified) const {
    detail::RawError error;
    detail::RawKey key;
    error.check(scwkms_create_key(handle_, detail::text(name, "name"), static_cast<std::uint32_t>(algorithm),
                                  static_cast<std::uint32_t>(protection_level), &key.raw, error));
    return detail::key_info(key.raw);
  }

  /* Schedules a key for deletion, from which it can be restored for 7 days. */
  void delete_key(const std::string& key) const {
    detail::RawError error;
    error.check(scwkms_delete_key(handle_, detail::text(key, "key"), error));
  }

  /* The keys that a query matches, in the order of their names; all for an empty one. */
  std::vector<KeyInfo> find_keys(const std::string& query = {}) const {
    detail::RawError error;
    detail::RawKeyList list;
    error.check(scwkms_find_keys(handle_, detail::text(query, "query"), &list.raw, error));
    std::vector<KeyInfo> found;
    found.reserve(list.raw.len);
    for (std::size_t i = 0; i < list.raw.len; ++i) {
      found.push_back(detail::key_info(list.raw.keys[i]));
    }
    return found;
  }

  /* A key's metadata, as it was when the client first used the key. */
  KeyInfo get_key(const std::string& key) const {
    detail::RawError error;
    detail::RawKey info;
    error.check(scwkms_get_key(handle_, detail::text(key, "key"), &info.raw, error));
    return detail::key_info(info.raw);
  }

 private:
  scwkms_client handle_ = 0;
};

}  // namespace scwkms

#endif
