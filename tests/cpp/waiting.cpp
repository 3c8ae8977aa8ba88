// Results that are waited for with a time limit, callbacks of any type, and co_await in C++20.
//
//   waiting KEY    prints "ready" and reads "start" before an operation that the service delays beyond every deadline
#include <scwkms.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "refuses.hpp"

using namespace std::chrono_literals;
using scwkms::AsyncOptions, scwkms::Buffer, scwkms::Client, scwkms::Operation;

static const std::array<std::uint8_t, 32> digest{3};

template <typename F>
static AsyncOptions calling(F callback) {
  AsyncOptions options;
  options.callback = std::move(callback);
  return options;
}

static void readiness(const Client& client, const std::string& key) {
  Operation<Buffer> operation = client.sign_async(key, digest);
  CHECK(operation.wait_for(std::chrono::hours(24 * 365 * 100)), "not ready");
  CHECK(operation.ready() && operation.wait_for(0s) && operation.wait_for(-1s), "no longer ready");
  CHECK(operation && operation.wait().size() > 60, "the result was lost");
  CHECK(!operation.ready(), "ready after the result was taken");
  REFUSES(invalid_handle, operation.wait_for(1s));
  REFUSES(invalid_handle, Operation<Buffer>().wait_for(1s));
  Operation<scwkms::Key> failed = client.get_key_async("00000000-0000-4000-8000-000000000000");
  CHECK(failed.wait_for(60s), "not ready");
  REFUSES(not_found, failed.wait());
}

static std::atomic<int> function_calls{0};
static void function(scwkms_operation) { ++function_calls; }

struct Functor {
  std::atomic<int>* calls;
  void operator()() const { ++*calls; }
};

static void callables(const Client& client, const std::string& key) {
  std::atomic<int> calls{0};
  scwkms_operation seen = 0;
  client.get_key_async(key, calling(function)).wait();
  client.get_key_async(key, calling(Functor{&calls})).wait();
  client.get_key_async(key, calling(std::function<void()>(Functor{&calls}))).wait();
  Operation<scwkms::Key> operation =
      client.get_key_async(key, calling([&seen](scwkms_operation done) { seen = done; }));
  const scwkms_operation number = operation.handle();
  CHECK(operation.wait().id == key && seen == number, "not called with the operation");
  CHECK(function_calls == 1 && calls == 2, "%d and %d calls", function_calls.load(), calls.load());

  std::promise<scwkms_operation> promise;
  std::future<scwkms_operation> future = promise.get_future();
  operation = client.get_key_async(key, calling([&](scwkms_operation done) { promise.set_value(done); }));
  CHECK(future.get() == operation.handle() && operation.wait().id == key, "another operation");
}

static Client without_handle() {
  Client client(std::getenv("SCWKMS_URI"));
  client.reset();
  return client;
}

// A callback is destroyed after its call, and if the operation is not started. Options can be used again.
static void ends_of_callbacks(const Client& client, const std::string& key) {
  const auto kept = std::make_shared<std::atomic<int>>(0);
  AsyncOptions options = calling([kept] { ++*kept; });
  client.get_key_async(key, options).wait();
  client.get_key_async(key, options).wait();
  REFUSES(invalid_argument, client.get_key_async("no key", options));
  REFUSES(invalid_handle, without_handle().get_key_async(key, options));
  options = AsyncOptions();
  CHECK(*kept == 2 && kept.use_count() == 1, "%d calls, %ld copies", kept->load(), kept.use_count());
}

// The library may have no result, but the time limit ends.
static void time_limits(const Client& client, const std::string& key) {
  std::puts("ready");
  std::fflush(stdout);
  std::string word;
  CHECK(std::cin >> word && word == "start", "no start");
  Operation<Buffer> operation = client.sign_async(key, digest);
  const auto began = std::chrono::steady_clock::now();
  CHECK(!operation.ready() && !operation.wait_for(0s) && !operation.wait_for(-5s), "a result");
  CHECK(!operation.wait_for(1500us) && !operation.wait_for(200ms), "a result");
  CHECK(std::chrono::steady_clock::now() - began >= 200ms, "too early");
  CHECK(operation, "the operation was released");
  std::thread waiting([&operation] { CHECK(operation.wait_for(300s), "not ready after it was cancelled"); });
  operation.cancel();
  waiting.join();
  REFUSES(cancelled, operation.wait());
}

#if defined(__cpp_impl_coroutine)
// A coroutine that starts at once, and whose end can be waited for.
struct Task {
  struct promise_type {
    std::promise<void> done;
    Task get_return_object() { return {done.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() { done.set_value(); }
    void unhandled_exception() { done.set_exception(std::current_exception()); }
  };
  std::future<void> done;
};

static Task in_sequence(const Client& client, const std::string& key) {
  for (int i = 0; i < 20; ++i) {
    const Buffer signature = co_await client.sign_async(key, digest);
    CHECK(signature.size() > 60, "%zu bytes", signature.size());
    Operation<void> verification = client.verify_by_service_async(key, digest, signature);
    co_await verification;
    CHECK(!verification, "the result was not taken");
  }
}

static Task with_errors(const Client& client) {
  bool thrown = false;
  try {
    static_cast<void>(co_await client.get_key_async("00000000-0000-4000-8000-000000000000"));
  } catch (const scwkms::Error& error) {
    thrown = error.code() == scwkms::ErrorCode::not_found;
  }
  CHECK(thrown, "no error");
  co_await Operation<void>();
}

static Task of_results(const Client& client, const std::string& key, std::atomic<int>& calls) {
  Operation<Buffer> ready = client.sign_async(key, digest, scwkms::Algorithm::unspecified, calling([&] { ++calls; }));
  CHECK(ready.wait_for(60s), "not ready");
  CHECK((co_await ready).size() > 60, "no signature");
}

static void coroutines(const Client& client, const std::string& key) {
  std::vector<Task> tasks;
  for (int i = 0; i < 8; ++i) {
    tasks.push_back(in_sequence(client, key));
  }
  for (Task& task : tasks) {
    task.done.get();
  }
  REFUSES(invalid_handle, (with_errors(client).done.get(), 0));
  std::atomic<int> calls{0};
  of_results(client, key, calls).done.get();
  CHECK(calls == 1, "%d calls", calls.load());
}
#else
static void coroutines(const Client&, const std::string&) {}
#endif

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  const Client client(std::getenv("SCWKMS_URI"));
  readiness(client, argv[1]);
  callables(client, argv[1]);
  ends_of_callbacks(client, argv[1]);
  coroutines(client, argv[1]);
  time_limits(client, argv[1]);
  return check_result();
}
