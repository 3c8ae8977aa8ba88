/*
 * co_await for the operations of scwkms.hpp, which includes this header if the compiler supports coroutines:
 *
 *   scwkms::Buffer signature = co_await client.sign_async("scwkms:name=my-key", digest);
 *
 * The coroutine is resumed on the library's thread, as a callback: it must not block there, but may start and await
 * further operations. A program that has an executor of its own moves the coroutine to it after the co_await. The
 * coroutine must not be destroyed on another thread while it may be resumed.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_AWAIT_HPP
#define SCWKMS_AWAIT_HPP

#include <coroutine>

#include "scwkms_operation.hpp"

namespace scwkms {

namespace detail {

template <typename Result>
class Awaiter final : public Waiter {
 public:
  explicit Awaiter(Operation<Result>& operation) noexcept : operation_(operation) {}
  Awaiter(const Awaiter&) = delete;
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter() {
    if (coroutine_) {
      completion_->remove(this);
    }
  }

  bool await_ready() const noexcept { return !operation_ || operation_.ready(); }
  bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    /* After add() another thread may resume the coroutine, which destroys this object. */
    coroutine_ = coroutine;
    completion_ = Access::completion(operation_);
    const std::shared_ptr<Completion> completion = completion_;
    return completion->add(this);
  }
  Result await_resume() { return operation_.wait(); }

 private:
  void resume() noexcept override { coroutine_.resume(); }

  Operation<Result>& operation_;
  std::coroutine_handle<> coroutine_;
  std::shared_ptr<Completion> completion_;
};

}  // namespace detail

/* Waits for the result and takes it, as Operation::wait() does. One coroutine may await an operation. */
template <typename Result>
detail::Awaiter<Result> operator co_await(Operation<Result>& operation) noexcept {
  return detail::Awaiter<Result>(operation);
}
template <typename Result>
detail::Awaiter<Result> operator co_await(Operation<Result>&& operation) noexcept {
  return detail::Awaiter<Result>(operation);
}

}  // namespace scwkms

#endif
