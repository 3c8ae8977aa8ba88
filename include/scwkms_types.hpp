/*
 * The types of scwkms.hpp, which includes this header: algorithms, texts, bytes, keys and other results.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_TYPES_HPP
#define SCWKMS_TYPES_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "scwkms.h"

namespace scwkms {

namespace detail {
struct Access;
}

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

/* The algorithm that wraps imported key material; scwkms.h explains each. */
enum class WrappingAlgorithm : std::uint32_t {
  rsa_oaep_2048_sha256 = SCWKMS_WRAPPING_RSA_OAEP_2048_SHA256,
  rsa_oaep_3072_sha256 = SCWKMS_WRAPPING_RSA_OAEP_3072_SHA256,
  rsa_oaep_4096_sha256 = SCWKMS_WRAPPING_RSA_OAEP_4096_SHA256,
  rsa_aes_key_wrap_2048_sha256 = SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_2048_SHA256,
  rsa_aes_key_wrap_3072_sha256 = SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_3072_SHA256,
  rsa_aes_key_wrap_4096_sha256 = SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_4096_SHA256,
};

/* A text that a call reads: a NUL-terminated text, a std::string or a std::string_view, which is copied, since it may
   lack the NUL. The others must outlive the call. A null pointer, and a NUL inside the text, are errors of the call:
   invalid_argument. */
class TextView {
 public:
  TextView(const char* text) noexcept : data_(text) {}
  TextView(const std::string& text) noexcept
      : data_(text.c_str()), has_nul_(text.find('\0') != std::string::npos) {}
  TextView(std::string_view text)
      : copy_(text), is_copy_(true), has_nul_(text.find('\0') != std::string_view::npos) {}
  TextView(std::nullptr_t) = delete;

  /* Valid while the object exists. */
  const char* data() const noexcept { return is_copy_ ? copy_.c_str() : data_; }
  bool has_nul() const noexcept { return has_nul_; }

 private:
  const char* data_ = nullptr;
  std::string copy_;
  bool is_copy_ = false;
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

  /* Compares the bytes. The time depends on them: do not compare a secret with data of an attacker. */
  friend bool operator==(const Buffer& a, const Buffer& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  friend bool operator!=(const Buffer& a, const Buffer& b) noexcept { return !(a == b); }

 private:
  friend struct detail::Access;
  scwkms_buffer raw_{};
};

/* A key's public half and its algorithm. */
struct [[nodiscard]] PublicKey {
  Buffer spki_der; /* SubjectPublicKeyInfo in DER (RFC 5280) */
  Algorithm algorithm = Algorithm::unspecified;

  friend bool operator==(const PublicKey& a, const PublicKey& b) noexcept {
    return std::tie(a.spki_der, a.algorithm) == std::tie(b.spki_der, b.algorithm);
  }
  friend bool operator!=(const PublicKey& a, const PublicKey& b) noexcept { return !(a == b); }
};

/* A plaintext. */
struct [[nodiscard]] Decrypted {
  Buffer plaintext;
  Buffer reencrypted; /* the plaintext encrypted with the newest key material; empty if the key was not rotated */

  friend bool operator==(const Decrypted& a, const Decrypted& b) noexcept {
    return std::tie(a.plaintext, a.reencrypted) == std::tie(b.plaintext, b.reencrypted);
  }
  friend bool operator!=(const Decrypted& a, const Decrypted& b) noexcept { return !(a == b); }
};

/* A data key. */
struct [[nodiscard]] DataKey {
  Buffer plaintext;  /* empty if it was not requested */
  Buffer ciphertext; /* the data key, encrypted with the key */

  friend bool operator==(const DataKey& a, const DataKey& b) noexcept {
    return std::tie(a.plaintext, a.ciphertext) == std::tie(b.plaintext, b.ciphertext);
  }
  friend bool operator!=(const DataKey& a, const DataKey& b) noexcept { return !(a == b); }
};

/* The parameters of an import of wrapped key material. */
struct [[nodiscard]] ImportParameters {
  Buffer public_key; /* as the service encodes it */
  Buffer import_token;

  friend bool operator==(const ImportParameters& a, const ImportParameters& b) noexcept {
    return std::tie(a.public_key, a.import_token) == std::tie(b.public_key, b.import_token);
  }
  friend bool operator!=(const ImportParameters& a, const ImportParameters& b) noexcept { return !(a == b); }
};

/* A key's metadata; the accessors scwkms_key_...() in scwkms.h explain each member. Texts are empty where the service
   gave none. */
struct Key {
  std::string uri, id, region, project_id, name, description;
  std::string usage, algorithm_name, state, origin, protection_level;
  std::string created_at, updated_at, rotated_at, next_rotation_at, deletion_requested_at; /* RFC 3339 */
  std::vector<std::string> tags;
  std::vector<std::uint8_t> public_key; /* SubjectPublicKeyInfo in DER; only get_key() fetches it */
  Algorithm algorithm = Algorithm::unspecified;
  std::uint64_t rotation_count = 0;
  std::chrono::seconds rotation_period{0}; /* 0 if the service does not rotate the key */
  bool is_protected = false;
  bool is_locked = false;

  friend bool operator==(const Key& a, const Key& b) noexcept {
    const auto values = [](const Key& value) {
      return std::tie(value.uri, value.id, value.region, value.project_id, value.name, value.description, value.usage,
                      value.algorithm_name, value.state, value.origin, value.protection_level, value.created_at,
                      value.updated_at, value.rotated_at, value.next_rotation_at, value.deletion_requested_at,
                      value.tags, value.public_key, value.algorithm, value.rotation_count, value.rotation_period,
                      value.is_protected, value.is_locked);
    };
    return values(a) == values(b);
  }
  friend bool operator!=(const Key& a, const Key& b) noexcept { return !(a == b); }
};

/* A rotation of a key; the accessors scwkms_rotation_...() in scwkms.h explain each member. */
struct Rotation {
  std::uint32_t index = 0;
  std::string status, created_at, updated_at, deleted_at;
  bool is_manual = false;

  friend bool operator==(const Rotation& a, const Rotation& b) noexcept {
    const auto values = [](const Rotation& value) {
      return std::tie(value.index, value.status, value.created_at, value.updated_at, value.deleted_at, value.is_manual);
    };
    return values(a) == values(b);
  }
  friend bool operator!=(const Rotation& a, const Rotation& b) noexcept { return !(a == b); }
};

/* An algorithm that the service offers for new keys. */
struct AlgorithmInfo {
  std::string name;                             /* as the service writes it */
  std::string usage;                            /* of its keys, for example asymmetric_signing */
  Algorithm algorithm = Algorithm::unspecified; /* unspecified if this version of the library does not know it */
  bool is_recommended = false;

  friend bool operator==(const AlgorithmInfo& a, const AlgorithmInfo& b) noexcept {
    const auto values = [](const AlgorithmInfo& value) {
      return std::tie(value.name, value.usage, value.algorithm, value.is_recommended);
    };
    return values(a) == values(b);
  }
  friend bool operator!=(const AlgorithmInfo& a, const AlgorithmInfo& b) noexcept { return !(a == b); }
};

/* Changes of a key's attributes. Attributes without a value here are not changed. */
struct KeyUpdate {
  std::optional<std::string> name;
  std::optional<std::string> description;              /* an empty text removes it */
  std::optional<std::vector<std::string>> tags;        /* they replace all others */
  std::optional<std::chrono::seconds> rotation_period; /* between two rotations by the service, at least 24 hours */
  std::optional<std::string> next_rotation_at;         /* RFC 3339, with a rotation period */

  friend bool operator==(const KeyUpdate& a, const KeyUpdate& b) noexcept {
    const auto values = [](const KeyUpdate& value) {
      return std::tie(value.name, value.description, value.tags, value.rotation_period, value.next_rotation_at);
    };
    return values(a) == values(b);
  }
  friend bool operator!=(const KeyUpdate& a, const KeyUpdate& b) noexcept { return !(a == b); }
};

}  // namespace scwkms

#endif
