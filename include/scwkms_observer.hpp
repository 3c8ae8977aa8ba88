/*
 * The observer in C++. scwkms.hpp includes this file.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_OBSERVER_HPP
#define SCWKMS_OBSERVER_HPP

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "scwkms.h"

namespace scwkms {

/* An event. It and its texts are valid until the observer returns. */
using Event = scwkms_event;

using Observer = std::function<void(const Event&)>;

namespace detail {

struct ObserverSlot {
  std::mutex mutex;
  std::unique_ptr<Observer> observer;
};

/* Never destroyed, since events may happen until the process ends. */
inline ObserverSlot& observer_slot() {
  static ObserverSlot& slot = *new ObserverSlot;
  return slot;
}

/* An exception must not reach the library. */
inline void call_observer(void* context, const scwkms_event* event) noexcept {
  try {
    (*static_cast<Observer*>(context))(*event);
  } catch (...) {
  }
}

}  // namespace detail

/* Sets the observer of the process; see scwkms_set_observer(). An empty one removes it. Exceptions of the observer are
   discarded. Inside an observer this function must not be called. */
inline void set_observer(Observer observer) {
  detail::ObserverSlot& slot = detail::observer_slot();
  const std::lock_guard<std::mutex> lock(slot.mutex);
  auto next = observer ? std::make_unique<Observer>(std::move(observer)) : nullptr;
  detail::RawError error;
  error.check(scwkms_set_observer(next ? detail::call_observer : nullptr, next.get(), error.out()));
  /* The library calls the previous one no more. */
  slot.observer = std::move(next);
}

}  // namespace scwkms

#endif
