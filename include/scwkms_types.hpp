/*
 * The types of scwkms.hpp, which includes this header: errors, algorithms, bytes and keys.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_TYPES_HPP
#define SCWKMS_TYPES_HPP

#include <chrono>
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

namespace detail {
struct Access;
}

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

/* A key's algorithm; scwkms.h explains each. The library may return a number that is newer than this header. */
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

/* Where the service uses a new key: in software or in a hardware security module. */
enum class ProtectionLevel : std::uint32_t {
  unspecified = SCWKMS_PROTECTION_LEVEL_UNSPECIFIED,
  software = SCWKMS_PROTECTION_LEVEL_SOFTWARE,
  hsm = SCWKMS_PROTECTION_LEVEL_HSM,
};

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
  /* The HTTP status of the response that caused the error; 0 if there was no response. */
  int http_status() const noexcept { return http_status_; }
  /* The service's X-Request-Id, which Scaleway's support asks for; empty if there was no response. */
  const std::string& request_id() const noexcept { return *request_id_; }

 private:
  ErrorCode code_;
  int http_status_;
  std::shared_ptr<const std::string> request_id_; /* shared, because copying an exception must not throw */
};

/* A text that a call reads: a NUL-terminated text, or a std::string. It must outlive the call. A null pointer, and a
   NUL inside a std::string, are errors of the call: invalid_argument. */
class TextView {
 public:
  TextView(const char* text) noexcept : data_(text) {}
  TextView(const std::string& text) noexcept
      : data_(text.c_str()), has_nul_(text.find('\0') != std::string::npos) {}
  TextView(std::nullptr_t) = delete;

  const char* data() const noexcept { return data_; }
  bool has_nul() const noexcept { return has_nul_; }

 private:
  const char* data_;
  bool has_nul_ = false;
};

/* Bytes that a call reads: a pointer and a length. It converts from any contiguous container of bytes (std::vector,
   std::array, std::string, std::span, Buffer). The container must outlive the call. */
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

/* Bytes that the library allocated: a public key, a signature, a plaintext. The destructor wipes and frees them. */
class [[nodiscard]] Buffer {
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
  [[nodiscard]] bool empty() const noexcept { return raw_.len == 0; }
  const std::uint8_t* begin() const noexcept { return raw_.data; }
  const std::uint8_t* end() const noexcept { return raw_.data + raw_.len; }
  std::uint8_t operator[](std::size_t index) const noexcept { return raw_.data[index]; }
  /* A copy. The library does not wipe it. */
  [[nodiscard]] std::vector<std::uint8_t> to_vector() const { return std::vector<std::uint8_t>(begin(), end()); }

 private:
  friend struct detail::Access;
  scwkms_buffer raw_{};
};

/* A key's public half and its algorithm. */
struct [[nodiscard]] PublicKey {
  Buffer spki_der; /* SubjectPublicKeyInfo in DER (RFC 5280) */
  Algorithm algorithm = Algorithm::unspecified;
};

/* A key's metadata; the accessors scwkms_key_...() in scwkms.h explain each member. Texts are empty where the service
   gave none. */
struct Key {
  std::string uri, id, region, project_id, name, description;
  std::string usage, algorithm_name, state, origin, protection_level;
  std::string created_at, updated_at, rotated_at, deletion_requested_at; /* RFC 3339 */
  std::vector<std::string> tags;
  std::vector<std::uint8_t> public_key; /* SubjectPublicKeyInfo in DER; only get_key() fetches it */
  Algorithm algorithm = Algorithm::unspecified;
  std::uint64_t rotation_count = 0;
  bool is_protected = false;
  bool is_locked = false;
};

/* Options of an asynchronous operation. */
struct AsyncOptions {
  /* Called with `context` when the result can be taken. It must not throw; see scwkms_callback in scwkms.h. */
  scwkms_callback callback = nullptr;
  void* context = nullptr;
  /* The deadline of this operation, if it is shorter than the client's timeout. 0: the client's timeout. */
  std::chrono::milliseconds timeout{0};
};

}  // namespace scwkms

#endif
