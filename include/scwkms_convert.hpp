/*
 * Conversions between the types of scwkms.h and those of scwkms.hpp, which includes this header. Programs do not use
 * it.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_CONVERT_HPP
#define SCWKMS_CONVERT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scwkms.h"
#include "scwkms_error.hpp"
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
inline const char* text(const TextView& text, const char* name) {
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
  key.next_rotation_at = scwkms_key_next_rotation_at(raw);
  key.deletion_requested_at = scwkms_key_deletion_requested_at(raw);
  key.tags = tags_of(raw);
  key.public_key = public_key_of(raw);
  key.algorithm = static_cast<Algorithm>(scwkms_key_algorithm(raw));
  key.rotation_count = scwkms_key_rotation_count(raw);
  key.rotation_period = std::chrono::seconds(scwkms_key_rotation_period(raw));
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

inline std::vector<Rotation> to_rotations(const scwkms_rotation_list* raw) {
  std::vector<Rotation> rotations(scwkms_rotation_list_len(raw));
  for (std::size_t i = 0; i < rotations.size(); ++i) {
    rotations[i].index = scwkms_rotation_index(raw, i);
    rotations[i].status = scwkms_rotation_status(raw, i);
    rotations[i].created_at = scwkms_rotation_created_at(raw, i);
    rotations[i].updated_at = scwkms_rotation_updated_at(raw, i);
    rotations[i].deleted_at = scwkms_rotation_deleted_at(raw, i);
    rotations[i].is_manual = scwkms_rotation_is_manual(raw, i);
  }
  return rotations;
}

inline std::vector<AlgorithmInfo> to_algorithms(const scwkms_algorithm_list* raw) {
  std::vector<AlgorithmInfo> algorithms(scwkms_algorithm_list_len(raw));
  for (std::size_t i = 0; i < algorithms.size(); ++i) {
    algorithms[i].name = scwkms_offered_algorithm_name(raw, i);
    algorithms[i].usage = scwkms_offered_algorithm_usage(raw, i);
    algorithms[i].algorithm = static_cast<Algorithm>(scwkms_offered_algorithm_number(raw, i));
    algorithms[i].is_recommended = scwkms_offered_algorithm_is_recommended(raw, i);
  }
  return algorithms;
}

/* An update for the C interface. It points to texts of a KeyUpdate, which must outlive it. */
class RawKeyUpdate {
 public:
  explicit RawKeyUpdate(const KeyUpdate& update) {
    raw_.size = sizeof raw_;
    raw_.name = optional_text(update.name, "name");
    raw_.description = optional_text(update.description, "description");
    raw_.next_rotation_at = optional_text(update.next_rotation_at, "next_rotation_at");
    if (update.tags) {
      set_tags(*update.tags);
    }
    if (update.rotation_period) {
      set_rotation_period(*update.rotation_period);
    }
  }
  RawKeyUpdate(const RawKeyUpdate&) = delete;
  RawKeyUpdate& operator=(const RawKeyUpdate&) = delete;

  const scwkms_key_update* get() const noexcept { return &raw_; }

 private:
  static const char* optional_text(const std::optional<std::string>& value, const char* name) {
    return value ? text(*value, name) : nullptr;
  }
  void set_tags(const std::vector<std::string>& tags) {
    for (const std::string& tag : tags) {
      tags_.push_back(text(tag, "tags"));
    }
    raw_.tag_count = tags_.size();
    tags_.push_back(nullptr); /* so that the pointer to no tags is not null */
    raw_.tags = tags_.data();
  }
  void set_rotation_period(std::chrono::seconds period) {
    if (period.count() <= 0) {
      throw Error(ErrorCode::invalid_argument, "the rotation period is not positive");
    }
    raw_.rotation_period = static_cast<std::uint64_t>(period.count());
  }

  scwkms_key_update raw_{};
  std::vector<const char*> tags_;
};

}  // namespace detail

}  // namespace scwkms

#endif
