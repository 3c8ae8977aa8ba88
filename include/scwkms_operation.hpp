/*
 * Asynchronous operations of scwkms.hpp, which includes this header.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_OPERATION_HPP
#define SCWKMS_OPERATION_HPP

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "scwkms.h"
#include "scwkms_convert.hpp"
#include "scwkms_error.hpp"
#include "scwkms_types.hpp"

namespace scwkms {

/* A callable object, with the operation of the C interface as its argument or without an argument. It is called once on
   the library's thread when the result can be taken. It must not throw or block; see scwkms_callback in scwkms.h. It is
   destroyed after the call. */
class Callback {
 public:
  Callback() noexcept = default;
  template <typename F,
            typename = std::enable_if_t<std::is_invocable_v<F&> || std::is_invocable_v<F&, scwkms_operation>>>
  Callback(F function) {
    if constexpr (std::is_invocable_v<F&, scwkms_operation>) {
      function_ = std::move(function);
    } else {
      function_ = [inner = std::move(function)](scwkms_operation) mutable { inner(); };
    }
  }

  void operator()(scwkms_operation operation) const {
    if (function_) {
      function_(operation);
    }
  }

 private:
  std::function<void(scwkms_operation)> function_;
};

/* Options of an asynchronous operation. */
struct AsyncOptions {
  Callback callback;
  /* The deadline of this operation, if it is shorter than the client's timeout. 0: the client's timeout. */
  std::chrono::milliseconds timeout{0};
};

namespace detail {

inline std::uint32_t to_timeout_ms(std::chrono::milliseconds timeout) {
  if (timeout.count() < 0) {
    throw Error(ErrorCode::invalid_argument, "the timeout of an operation is negative");
  }
  return static_cast<std::uint32_t>(std::min(timeout, std::chrono::milliseconds(UINT32_MAX)).count());
}

/* A time to wait in milliseconds, rounded up. A negative one is 0. */
template <typename Rep, typename Period>
std::uint32_t to_wait_ms(std::chrono::duration<Rep, Period> timeout) {
  const std::chrono::duration<double, std::milli> limit(timeout);
  if (!(limit.count() > 0)) {
    return 0;
  }
  if (limit.count() >= UINT32_MAX) {
    return UINT32_MAX;
  }
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(limit).count());
}

/* Something to resume after the callback of an operation. */
class Waiter {
 public:
  Waiter() noexcept = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual void resume() noexcept = 0;

 protected:
  ~Waiter() = default;
};

/* The callback of an operation, and the one that waits for it. The operation and the library share it. */
class Completion {
 public:
  explicit Completion(const Callback& callback) : callback_(callback) {}

  /* The context for called(). The object lives until called() has returned, or abandon_call(). */
  static void* context(const std::shared_ptr<Completion>& self) noexcept {
    self->self_ = self;
    return self.get();
  }
  void abandon_call() noexcept { self_.reset(); }

  static void called(void* context, scwkms_operation operation) noexcept {
    const std::shared_ptr<Completion> self = std::move(static_cast<Completion*>(context)->self_);
    self->callback_(operation);
    self->callback_ = Callback();
    Waiter* const waiter = self->waiter_.exchange(&self->completed_);
    if (waiter != nullptr) {
      waiter->resume();
    }
  }
  /* Returns false if the callback was called; the waiter is then not resumed. */
  bool add(Waiter* waiter) noexcept {
    Waiter* none = nullptr;
    return waiter_.compare_exchange_strong(none, waiter);
  }
  void remove(Waiter* waiter) noexcept { waiter_.compare_exchange_strong(waiter, nullptr); }

 private:
  class Completed final : public Waiter {
   public:
    void resume() noexcept override {}
  };

  Callback callback_;
  Completed completed_;
  std::atomic<Waiter*> waiter_{nullptr};
  std::shared_ptr<Completion> self_;
};

/* The access of these headers to private members. */
struct Access {
  static scwkms_buffer* raw(Buffer& buffer) noexcept { return &buffer.raw_; }
  template <typename Operation>
  static scwkms_operation& handle(Operation& operation) noexcept {
    return operation.handle_;
  }
  template <typename Operation>
  static std::shared_ptr<Completion>& completion(Operation& operation) noexcept {
    return operation.completion_;
  }
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
class Taken<void> {
 public:
  static constexpr auto wait = scwkms_wait_done;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call();
  }
  void value() const noexcept {}
};

/* Two buffers, which are the members of the result. */
template <typename Result, auto Wait>
class TakenPair {
 public:
  static constexpr auto wait = Wait;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(Access::raw(first_), Access::raw(second_));
  }
  Result value() noexcept { return Result{std::move(first_), std::move(second_)}; }

 private:
  Buffer first_, second_;
};

template <>
class Taken<Decrypted> : public TakenPair<Decrypted, scwkms_wait_decrypted> {};
template <>
class Taken<DataKey> : public TakenPair<DataKey, scwkms_wait_data_key> {};
template <>
class Taken<ImportParameters> : public TakenPair<ImportParameters, scwkms_wait_import_parameters> {};

/* An object that the C interface returns by pointer. */
template <typename Raw, void (*Free)(Raw*), auto Wait, auto Convert>
class TakenObject {
 public:
  static constexpr auto wait = Wait;
  template <typename Call>
  std::int32_t fill(Call call) {
    return call(raw_.out());
  }
  auto value() const { return Convert(raw_.get()); }

 private:
  Owned<Raw, Free> raw_;
};

template <>
class Taken<Key> : public TakenObject<scwkms_key, scwkms_key_free, scwkms_wait_key, to_key> {};
template <>
class Taken<std::vector<Key>>
    : public TakenObject<scwkms_key_list, scwkms_key_list_free, scwkms_wait_key_list, to_keys> {};
template <>
class Taken<std::vector<Rotation>>
    : public TakenObject<scwkms_rotation_list, scwkms_rotation_list_free, scwkms_wait_rotation_list, to_rotations> {};
template <>
class Taken<std::vector<AlgorithmInfo>> : public TakenObject<scwkms_algorithm_list, scwkms_algorithm_list_free,
                                                             scwkms_wait_algorithm_list, to_algorithms> {};

}  // namespace detail

/* An asynchronous operation of a client. The destructor cancels it unless its result was taken, and returns after the
   callback has returned. A discarded operation is therefore cancelled; compilers warn of it.

   In C++20 `co_await` waits for the result: see scwkms_await.hpp. */
template <typename Result>
class [[nodiscard]] Operation {
 public:
  Operation() noexcept = default;
  Operation(Operation&& other) noexcept
      : handle_(std::exchange(other.handle_, 0)), completion_(std::move(other.completion_)) {}
  Operation& operator=(Operation&& other) noexcept {
    if (this != &other) {
      abandon();
      handle_ = std::exchange(other.handle_, 0);
      completion_ = std::move(other.completion_);
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
  /* Waits until the result can be taken, at most for a time limit. Returns whether it can be taken; wait() then returns
     it at once. Throws `invalid_handle` if the result was taken before or the client was freed, and `invalid_argument`
     inside the callback of another operation if there is no result yet. */
  template <typename Rep, typename Period>
  [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> timeout) const {
    detail::RawError error;
    const std::int32_t code = scwkms_wait_ready(handle_, detail::to_wait_ms(timeout), error.out());
    if (code == SCWKMS_ERROR_TIMEOUT) {
      return false;
    }
    error.check(code);
    return true;
  }
  /* Whether the result can be taken without waiting; false after it was taken. */
  [[nodiscard]] bool ready() const noexcept { return scwkms_is_ready(handle_); }
  /* Cancels the operation if it has no result yet. Another thread may wait for it at the same time. */
  void cancel() const noexcept { scwkms_cancel(handle_); }
  /* Whether the object has an operation whose result was not taken. */
  explicit operator bool() const noexcept { return handle_ != 0; }
  /* The operation of the C interface, which is the argument of the callback. It stays owned by this object. */
  scwkms_operation handle() const noexcept { return handle_; }

 private:
  friend struct detail::Access;

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
  std::shared_ptr<detail::Completion> completion_;
};

}  // namespace scwkms

#endif
