/*
 * The operations of scwkms::Client. scwkms.hpp includes this header.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_CALLS_HPP
#define SCWKMS_CALLS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "scwkms.h"
#include "scwkms_convert.hpp"
#include "scwkms_error.hpp"
#include "scwkms_operation.hpp"
#include "scwkms_types.hpp"

namespace scwkms {

namespace detail {

/* The index of a rotation in the C interface. */
inline std::int64_t number(std::optional<std::uint32_t> rotation_index) noexcept {
  return rotation_index ? std::int64_t{*rotation_index} : -1;
}

}  // namespace detail

/* The operations of a client, with the client's timeout or a shorter one: see Client::within(). Each operation has a
   blocking form and an asynchronous one, whose name ends in _async. The object does not own the client. Its calls throw
   `invalid_handle` after the client was freed. */
class Calls {
 public:
  /* A key's public half and algorithm. `unsupported` for a symmetric key. */
  PublicKey public_key(TextView key) const {
    return call<PublicKey>(scwkms_public_key, scwkms_public_key_async, detail::text(key, "key"));
  }
  Operation<PublicKey> public_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<PublicKey>(scwkms_public_key_async, options, detail::text(key, "key"));
  }

  /* Signs a digest, which must be as long as the key's hash. If `expected` is given, the key must have this algorithm.
   */
  Buffer sign(TextView key, ByteView digest, Algorithm expected = Algorithm::unspecified) const {
    return call<Buffer>(scwkms_sign, scwkms_sign_async, detail::text(key, "key"), detail::number(expected),
                        digest.data(), digest.size());
  }
  Operation<Buffer> sign_async(TextView key, ByteView digest, Algorithm expected = Algorithm::unspecified,
                               const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_sign_async, options, detail::text(key, "key"), detail::number(expected),
                         digest.data(), digest.size());
  }

  /* Verifies a signature of a digest with the key's public key, which the client knows after the first use of the key.
     Throws `integrity` if the signature is not valid. */
  void verify(TextView key, ByteView digest, ByteView signature, Algorithm expected = Algorithm::unspecified) const {
    call<void>(scwkms_verify, scwkms_verify_async, detail::text(key, "key"), detail::number(expected), digest.data(),
               digest.size(), signature.data(), signature.size());
  }
  Operation<void> verify_async(TextView key, ByteView digest, ByteView signature,
                               Algorithm expected = Algorithm::unspecified, const AsyncOptions& options = {}) const {
    return start<void>(scwkms_verify_async, options, detail::text(key, "key"), detail::number(expected),
                       digest.data(), digest.size(), signature.data(), signature.size());
  }

  /* Signs a message of any length, with any key that signs. See scwkms_sign_message() about ML-DSA keys. */
  Buffer sign_message(TextView key, ByteView message, Algorithm expected = Algorithm::unspecified) const {
    return call<Buffer>(scwkms_sign_message, scwkms_sign_message_async, detail::text(key, "key"),
                        detail::number(expected), message.data(), message.size());
  }
  Operation<Buffer> sign_message_async(TextView key, ByteView message, Algorithm expected = Algorithm::unspecified,
                                       const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_sign_message_async, options, detail::text(key, "key"), detail::number(expected),
                         message.data(), message.size());
  }

  /* Verifies a signature of a message with the key's public key. Throws `integrity` if the signature is not valid. */
  void verify_message(TextView key, ByteView message, ByteView signature,
                      Algorithm expected = Algorithm::unspecified) const {
    call<void>(scwkms_verify_message, scwkms_verify_message_async, detail::text(key, "key"), detail::number(expected),
               message.data(), message.size(), signature.data(), signature.size());
  }
  Operation<void> verify_message_async(TextView key, ByteView message, ByteView signature,
                                       Algorithm expected = Algorithm::unspecified,
                                       const AsyncOptions& options = {}) const {
    return start<void>(scwkms_verify_message_async, options, detail::text(key, "key"), detail::number(expected),
                       message.data(), message.size(), signature.data(), signature.size());
  }

  /* Verifies a signature of a digest by a request to the service, also for algorithms that only the service verifies. */
  void verify_by_service(TextView key, ByteView digest, ByteView signature,
                         Algorithm expected = Algorithm::unspecified) const {
    call<void>(scwkms_verify_by_service, scwkms_verify_by_service_async, detail::text(key, "key"),
               detail::number(expected), digest.data(), digest.size(), signature.data(), signature.size());
  }
  Operation<void> verify_by_service_async(TextView key, ByteView digest, ByteView signature,
                                          Algorithm expected = Algorithm::unspecified,
                                          const AsyncOptions& options = {}) const {
    return start<void>(scwkms_verify_by_service_async, options, detail::text(key, "key"), detail::number(expected),
                       digest.data(), digest.size(), signature.data(), signature.size());
  }

  /* Has the service encrypt with an RSA-OAEP or AES-256-GCM key. */
  Buffer encrypt(TextView key, ByteView plaintext) const {
    return call<Buffer>(scwkms_encrypt, scwkms_encrypt_async, detail::text(key, "key"), plaintext.data(),
                        plaintext.size());
  }
  Operation<Buffer> encrypt_async(TextView key, ByteView plaintext, const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_encrypt_async, options, detail::text(key, "key"), plaintext.data(), plaintext.size());
  }

  /* Decrypts with an RSA-OAEP or AES-256-GCM key. */
  Buffer decrypt(TextView key, ByteView ciphertext) const {
    return call<Buffer>(scwkms_decrypt, scwkms_decrypt_async, detail::text(key, "key"), ciphertext.data(),
                        ciphertext.size());
  }
  Operation<Buffer> decrypt_async(TextView key, ByteView ciphertext, const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_decrypt_async, options, detail::text(key, "key"), ciphertext.data(),
                         ciphertext.size());
  }

  /* Has the service encrypt with an AES-256-GCM key. The decryption needs the same associated data. */
  Buffer encrypt_with_associated_data(TextView key, ByteView plaintext, ByteView associated_data) const {
    return call<Buffer>(scwkms_encrypt_with_associated_data, scwkms_encrypt_with_associated_data_async,
                        detail::text(key, "key"), plaintext.data(), plaintext.size(), associated_data.data(),
                        associated_data.size());
  }
  Operation<Buffer> encrypt_with_associated_data_async(TextView key, ByteView plaintext, ByteView associated_data,
                                                       const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_encrypt_with_associated_data_async, options, detail::text(key, "key"),
                         plaintext.data(), plaintext.size(), associated_data.data(), associated_data.size());
  }

  /* Decrypts, and returns the plaintext encrypted again if the key was rotated since the encryption. */
  Decrypted decrypt_with_associated_data(TextView key, ByteView ciphertext, ByteView associated_data) const {
    return call<Decrypted>(scwkms_decrypt_with_associated_data, scwkms_decrypt_with_associated_data_async,
                           detail::text(key, "key"), ciphertext.data(), ciphertext.size(), associated_data.data(),
                           associated_data.size());
  }
  Operation<Decrypted> decrypt_with_associated_data_async(TextView key, ByteView ciphertext, ByteView associated_data,
                                                          const AsyncOptions& options = {}) const {
    return start<Decrypted>(scwkms_decrypt_with_associated_data_async, options, detail::text(key, "key"),
                            ciphertext.data(), ciphertext.size(), associated_data.data(), associated_data.size());
  }

  /* Generates a data key for AES-256-GCM outside of Key Manager. decrypt() decrypts its ciphertext later. Without
     `with_plaintext` the service does not send the data key itself. */
  DataKey generate_data_key(TextView key, bool with_plaintext = true) const {
    if (has_timeout()) {
      return generate_data_key_async(key, with_plaintext).wait();
    }
    detail::RawError error;
    DataKey data_key;
    scwkms_buffer* const plaintext = with_plaintext ? detail::Access::raw(data_key.plaintext) : nullptr;
    error.check(scwkms_generate_data_key(handle_, detail::text(key, "key"), plaintext,
                                         detail::Access::raw(data_key.ciphertext), error.out()));
    return data_key;
  }
  Operation<DataKey> generate_data_key_async(TextView key, bool with_plaintext = true,
                                             const AsyncOptions& options = {}) const {
    return start<DataKey>(scwkms_generate_data_key_async, options, detail::text(key, "key"), with_plaintext);
  }

  /* Has the service encrypt at most 2048 bytes, usually another key, with an ML-KEM key. */
  Buffer wrap(TextView key, ByteView plaintext, ByteView associated_data = {}) const {
    return call<Buffer>(scwkms_wrap, scwkms_wrap_async, detail::text(key, "key"), plaintext.data(), plaintext.size(),
                        associated_data.data(), associated_data.size());
  }
  Operation<Buffer> wrap_async(TextView key, ByteView plaintext, ByteView associated_data = {},
                               const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_wrap_async, options, detail::text(key, "key"), plaintext.data(), plaintext.size(),
                         associated_data.data(), associated_data.size());
  }

  /* Decrypts a ciphertext of wrap(). */
  Buffer unwrap(TextView key, ByteView ciphertext, ByteView associated_data = {}) const {
    return call<Buffer>(scwkms_unwrap, scwkms_unwrap_async, detail::text(key, "key"), ciphertext.data(),
                        ciphertext.size(), associated_data.data(), associated_data.size());
  }
  Operation<Buffer> unwrap_async(TextView key, ByteView ciphertext, ByteView associated_data = {},
                                 const AsyncOptions& options = {}) const {
    return start<Buffer>(scwkms_unwrap_async, options, detail::text(key, "key"), ciphertext.data(), ciphertext.size(),
                         associated_data.data(), associated_data.size());
  }

  /* A key's metadata, as it was when the client first used the key, with its public half. */
  [[nodiscard]] Key get_key(TextView key) const {
    return call<Key>(scwkms_get_key, scwkms_get_key_async, detail::text(key, "key"));
  }
  Operation<Key> get_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_get_key_async, options, detail::text(key, "key"));
  }

  /* Creates a key. `name` is plain text, or a URI with further parameters. */
  Key create_key(TextView name, Algorithm algorithm = Algorithm::unspecified,
                 ProtectionLevel protection_level = ProtectionLevel::unspecified) const {
    return call<Key>(scwkms_create_key, scwkms_create_key_async, detail::text(name, "name"),
                     detail::number(algorithm), detail::number(protection_level));
  }
  Operation<Key> create_key_async(TextView name, Algorithm algorithm = Algorithm::unspecified,
                                  ProtectionLevel protection_level = ProtectionLevel::unspecified,
                                  const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_create_key_async, options, detail::text(name, "name"), detail::number(algorithm),
                      detail::number(protection_level));
  }

  /* Changes a key's name, description, tags or rotation policy. */
  Key update_key(TextView key, const KeyUpdate& update) const {
    return call<Key>(scwkms_update_key, scwkms_update_key_async, detail::text(key, "key"),
                     detail::RawKeyUpdate(update).get());
  }
  Operation<Key> update_key_async(TextView key, const KeyUpdate& update, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_update_key_async, options, detail::text(key, "key"), detail::RawKeyUpdate(update).get());
  }

  /* Generates new key material for a symmetric key. Ciphertexts of older key material can still be decrypted. */
  Key rotate_key(TextView key) const {
    return call<Key>(scwkms_rotate_key, scwkms_rotate_key_async, detail::text(key, "key"));
  }
  Operation<Key> rotate_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_rotate_key_async, options, detail::text(key, "key"));
  }

  /* Enables a disabled key. */
  Key enable_key(TextView key) const {
    return call<Key>(scwkms_enable_key, scwkms_enable_key_async, detail::text(key, "key"));
  }
  Operation<Key> enable_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_enable_key_async, options, detail::text(key, "key"));
  }

  /* Disables a key. */
  Key disable_key(TextView key) const {
    return call<Key>(scwkms_disable_key, scwkms_disable_key_async, detail::text(key, "key"));
  }
  Operation<Key> disable_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_disable_key_async, options, detail::text(key, "key"));
  }

  /* Protects a key from deletion. */
  Key protect_key(TextView key) const {
    return call<Key>(scwkms_protect_key, scwkms_protect_key_async, detail::text(key, "key"));
  }
  Operation<Key> protect_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_protect_key_async, options, detail::text(key, "key"));
  }

  /* Permits the deletion of a key. */
  Key unprotect_key(TextView key) const {
    return call<Key>(scwkms_unprotect_key, scwkms_unprotect_key_async, detail::text(key, "key"));
  }
  Operation<Key> unprotect_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_unprotect_key_async, options, detail::text(key, "key"));
  }

  /* Restores a key that is scheduled for deletion. */
  Key restore_key(TextView key) const {
    return call<Key>(scwkms_restore_key, scwkms_restore_key_async, detail::text(key, "key"));
  }
  Operation<Key> restore_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_restore_key_async, options, detail::text(key, "key"));
  }

  /* Schedules a key for deletion. It can be restored for 7 days. */
  void delete_key(TextView key) const {
    call<void>(scwkms_delete_key, scwkms_delete_key_async, detail::text(key, "key"));
  }
  Operation<void> delete_key_async(TextView key, const AsyncOptions& options = {}) const {
    return start<void>(scwkms_delete_key_async, options, detail::text(key, "key"));
  }

  /* The keys that match a query, in the order of their names; all keys for an empty query. */
  [[nodiscard]] std::vector<Key> find_keys(TextView query = "") const {
    return call<std::vector<Key>>(scwkms_find_keys, scwkms_find_keys_async, detail::text(query, "query"));
  }
  Operation<std::vector<Key>> find_keys_async(TextView query = "", const AsyncOptions& options = {}) const {
    return start<std::vector<Key>>(scwkms_find_keys_async, options, detail::text(query, "query"));
  }

  /* The rotations of a key. */
  [[nodiscard]] std::vector<Rotation> list_rotations(TextView key) const {
    return call<std::vector<Rotation>>(scwkms_list_rotations, scwkms_list_rotations_async, detail::text(key, "key"));
  }
  Operation<std::vector<Rotation>> list_rotations_async(TextView key, const AsyncOptions& options = {}) const {
    return start<std::vector<Rotation>>(scwkms_list_rotations_async, options, detail::text(key, "key"));
  }

  /* The algorithms that the service offers for new keys; those that match a query. */
  [[nodiscard]] std::vector<AlgorithmInfo> list_algorithms(TextView query = "") const {
    return call<std::vector<AlgorithmInfo>>(scwkms_list_algorithms, scwkms_list_algorithms_async,
                                            detail::text(query, "query"));
  }
  Operation<std::vector<AlgorithmInfo>> list_algorithms_async(TextView query = "",
                                                              const AsyncOptions& options = {}) const {
    return start<std::vector<AlgorithmInfo>>(scwkms_list_algorithms_async, options, detail::text(query, "query"));
  }

  /* Imports key material into a key of origin external. */
  Key import_key_material(TextView key, ByteView material, ByteView salt = {}) const {
    return call<Key>(scwkms_import_key_material, scwkms_import_key_material_async, detail::text(key, "key"),
                     material.data(), material.size(), salt.data(), salt.size());
  }
  Operation<Key> import_key_material_async(TextView key, ByteView material, ByteView salt = {},
                                           const AsyncOptions& options = {}) const {
    return start<Key>(scwkms_import_key_material_async, options, detail::text(key, "key"), material.data(),
                      material.size(), salt.data(), salt.size());
  }

  /* Deletes imported key material at once: that of the rotation with this index, or the newest. */
  void delete_key_material(TextView key, std::optional<std::uint32_t> rotation_index = std::nullopt) const {
    call<void>(scwkms_delete_key_material, scwkms_delete_key_material_async, detail::text(key, "key"),
               detail::number(rotation_index));
  }
  Operation<void> delete_key_material_async(TextView key, std::optional<std::uint32_t> rotation_index = std::nullopt,
                                            const AsyncOptions& options = {}) const {
    return start<void>(scwkms_delete_key_material_async, options, detail::text(key, "key"),
                       detail::number(rotation_index));
  }

  /* The public key and the token for an import of wrapped key material. */
  ImportParameters get_import_parameters(TextView key, WrappingAlgorithm wrapping_algorithm) const {
    return call<ImportParameters>(scwkms_get_import_parameters, scwkms_get_import_parameters_async,
                                  detail::text(key, "key"), detail::number(wrapping_algorithm));
  }
  Operation<ImportParameters> get_import_parameters_async(TextView key, WrappingAlgorithm wrapping_algorithm,
                                                          const AsyncOptions& options = {}) const {
    return start<ImportParameters>(scwkms_get_import_parameters_async, options, detail::text(key, "key"),
                                   detail::number(wrapping_algorithm));
  }

 protected:
  Calls() noexcept = default;
  Calls(scwkms_client handle, std::chrono::milliseconds timeout) noexcept : handle_(handle), timeout_(timeout) {}

  scwkms_client handle_ = 0;

 private:
  bool has_timeout() const noexcept { return timeout_.count() != 0; }
  /* Executes an operation. Only the asynchronous function accepts a timeout. */
  template <typename Result, typename Blocking, typename Async, typename... Arguments>
  Result call(Blocking blocking, Async async, Arguments... arguments) const {
    if (has_timeout()) {
      return start<Result>(async, AsyncOptions(), arguments...).wait();
    }
    detail::RawError error;
    detail::Taken<Result> taken;
    error.check(taken.fill([&](auto... outputs) { return blocking(handle_, arguments..., outputs..., error.out()); }));
    return taken.value();
  }
  /* Calls the asynchronous function of an operation. */
  template <typename Result, typename Function, typename... Arguments>
  Operation<Result> start(Function function, const AsyncOptions& options, Arguments... arguments) const {
    detail::RawError error;
    Operation<Result> operation;
    std::shared_ptr<detail::Completion>& completion = detail::Access::completion(operation);
    completion = std::make_shared<detail::Completion>(options.callback);
    scwkms_async_options raw{};
    raw.size = sizeof raw;
    raw.timeout_ms = detail::to_timeout_ms(options.timeout.count() != 0 ? options.timeout : timeout_);
    raw.callback = detail::Completion::called;
    raw.context = detail::Completion::context(completion);
    const std::int32_t code =
        function(handle_, arguments..., &raw, &detail::Access::handle(operation), error.out());
    if (code != SCWKMS_OK) {
      completion->abandon_call();
    }
    error.check(code);
    return operation;
  }

  std::chrono::milliseconds timeout_{0};
};

}  // namespace scwkms

#endif
