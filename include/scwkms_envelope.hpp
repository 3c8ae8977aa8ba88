/*
 * Envelope encryption for scwkms.hpp, which includes this header: encryption of data of any size with data keys.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_ENVELOPE_HPP
#define SCWKMS_ENVELOPE_HPP

#include <chrono>
#include <cstdint>
#include <memory>

#include "scwkms.hpp"

namespace scwkms {

namespace detail {

/* Frees an object of the C interface with `Free`. */
template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* raw) const noexcept { Free(raw); }
};

template <typename T, void (*Free)(T*)>
using Unique = std::unique_ptr<T, Deleter<T, Free>>;

}  // namespace detail

/* The limits of a cached data key. After the first limit that it reaches, the next message has a new data key. 0 means
   the library's default; see scwkms_data_key_limits in scwkms.h. */
struct DataKeyLimits {
  std::chrono::milliseconds max_age{0};
  std::uint64_t max_messages = 0;
  std::uint64_t max_bytes = 0;
};

/* A cache of data keys, with which many messages need few requests. Several threads may use it at the same time. */
class DataKeyCache {
 public:
  explicit DataKeyCache(const Client& client, const DataKeyLimits& limits = {}) {
    if (limits.max_age.count() < 0) {
      throw Error(ErrorCode::invalid_argument, "the maximum age of a data key is negative");
    }
    scwkms_data_key_limits raw{};
    raw.size = sizeof raw;
    raw.max_age_ms = static_cast<std::uint64_t>(limits.max_age.count());
    raw.max_messages = limits.max_messages;
    raw.max_bytes = limits.max_bytes;
    scwkms_data_key_cache* cache = nullptr;
    detail::RawError error;
    error.check(scwkms_data_key_cache_new(client.handle(), &raw, &cache, error.out()));
    raw_.reset(cache);
  }

  /* The cache of the C interface. It stays owned by this object. */
  const scwkms_data_key_cache* handle() const noexcept { return raw_.get(); }

 private:
  detail::Unique<scwkms_data_key_cache, scwkms_data_key_cache_free> raw_;
};

/* The encryption of a message of any length. The message consists of the bytes that update() and finish() return. Only the
   constructor sends a request. One thread uses an encryptor at a time. */
class Encryptor {
 public:
  /* Begins a message with a new data key, or with one of the cache. The message authenticates the associated data, but
     does not contain it. */
  Encryptor(const Client& client, TextView key, ByteView associated_data = {}, const DataKeyCache* cache = nullptr) {
    scwkms_encryptor* encryptor = nullptr;
    detail::RawError error;
    error.check(scwkms_encryptor_new(client.handle(), detail::text(key, "key"), associated_data.data(),
                                     associated_data.size(), cache != nullptr ? cache->handle() : nullptr, &encryptor,
                                     error.out()));
    raw_.reset(encryptor);
  }

  /* Encrypts the next part of the plaintext, and returns the next bytes of the message, possibly none. */
  Buffer update(ByteView plaintext) {
    Buffer message;
    detail::RawError error;
    error.check(scwkms_encryptor_update(raw_.get(), plaintext.data(), plaintext.size(), detail::Access::raw(message),
                                        error.out()));
    return message;
  }

  /* Encrypts the last segment. Without its bytes the message cannot be decrypted. */
  Buffer finish() {
    Buffer message;
    detail::RawError error;
    error.check(scwkms_encryptor_finish(raw_.get(), detail::Access::raw(message), error.out()));
    return message;
  }

 private:
  detail::Unique<scwkms_encryptor, scwkms_encryptor_free> raw_;
};

/* The decryption of a message. Only the constructor sends a request. One thread uses a decryptor at a time. */
class Decryptor {
 public:
  /* Begins with the start of a message: at least SCWKMS_ENVELOPE_MAX_HEADER_LEN bytes, or the whole message. With an
     expected key that is not empty, a message of any other key is an error. */
  Decryptor(const Client& client, TextView expected_key, ByteView associated_data, ByteView start,
            const DataKeyCache* cache = nullptr) {
    const char* const key = detail::text(expected_key, "expected_key");
    scwkms_decryptor* decryptor = nullptr;
    detail::RawError error;
    error.check(scwkms_decryptor_new(client.handle(), *key != '\0' ? key : nullptr, associated_data.data(),
                                     associated_data.size(), cache != nullptr ? cache->handle() : nullptr, start.data(),
                                     start.size(), &decryptor, error.out()));
    raw_.reset(decryptor);
  }

  /* Decrypts the next part of the message, and returns the next bytes of the plaintext, possibly none. Throws `integrity`
     if a segment was modified, moved or removed. */
  Buffer update(ByteView message) {
    Buffer plaintext;
    detail::RawError error;
    error.check(scwkms_decryptor_update(raw_.get(), message.data(), message.size(), detail::Access::raw(plaintext),
                                        error.out()));
    return plaintext;
  }

  /* Decrypts the last segment. Throws `integrity` if the message is truncated. */
  Buffer finish() {
    Buffer plaintext;
    detail::RawError error;
    error.check(scwkms_decryptor_finish(raw_.get(), detail::Access::raw(plaintext), error.out()));
    return plaintext;
  }

 private:
  detail::Unique<scwkms_decryptor, scwkms_decryptor_free> raw_;
};

}  // namespace scwkms

#endif
