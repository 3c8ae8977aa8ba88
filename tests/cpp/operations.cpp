// Asynchronous operations: started, waited for, moved, cancelled by their destructor. The signatures are printed as
// "DIGEST SIGNATURE" in hexadecimal; the runner verifies them.
//
//   operations KEY DECRYPTION_KEY COUNT    prints "ready" and reads "start" before the last operations, which the
//                                          service delays beyond every deadline
#include <scwkms.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "refuses.hpp"

using namespace std::string_literals;
using namespace std::chrono_literals;
using scwkms::AsyncOptions, scwkms::Buffer, scwkms::Client, scwkms::Operation;

static const std::array<std::uint8_t, 32> digest{17};

static void print(scwkms::ByteView bytes, const char* end) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::printf("%02x", bytes.data()[i]);
  }
  std::fputs(end, stdout);
}

static AsyncOptions counting(std::atomic<int>& calls) {
  AsyncOptions options;
  options.callback = [&calls] { ++calls; };
  return options;
}

static void many(const Client& client, const std::string& key, std::size_t number) {
  std::atomic<int> calls{0};
  std::vector<std::array<std::uint8_t, 32>> digests(number);
  std::vector<Operation<Buffer>> operations;
  for (std::size_t i = 0; i < number; ++i) {
    digests[i][0] = static_cast<std::uint8_t>(i);
    operations.push_back(
        client.sign_async(key, digests[i], scwkms::Algorithm::ec_p256_sha256, counting(calls)));
  }
  for (std::size_t i = 0; i < number; ++i) {
    print(digests[i], " ");
    print(operations[i].wait(), "\n");
    CHECK(!operations[i], "the result was taken");
    REFUSES(invalid_handle, operations[i].wait());
  }
  CHECK(calls == static_cast<int>(number), "%d calls", calls.load());
}

// The result of each asynchronous form is that of the blocking one.
static void kinds(const Client& client, const std::string& key, const std::string& decryption_key) {
  std::atomic<int> calls{0};
  const scwkms::PublicKey half = client.public_key_async(key, counting(calls)).wait();
  CHECK(half.spki_der.to_vector() == client.public_key(key).spki_der.to_vector(), "another public key");
  CHECK(half.algorithm == scwkms::Algorithm::ec_p256_sha256, "%u", static_cast<unsigned>(half.algorithm));
  const Buffer signature = client.sign_message_async(key, "a message"s, scwkms::Algorithm::ec_p256_sha256).wait();
  const Buffer blocking_signature = client.sign_message(key, "a message"s);
  for (const Buffer* made : {&signature, &blocking_signature}) {
    // There is no method for it yet.
    CHECK(made->size() > 64 && (*made)[0] == 0x30, "not an ECDSA signature");
  }
  const Buffer ciphertext = client.encrypt_async(decryption_key, "attack at dawn"s, counting(calls)).wait();
  const Buffer plaintext = client.decrypt_async(decryption_key, ciphertext, counting(calls)).wait();
  CHECK(std::string(plaintext.begin(), plaintext.end()) == "attack at dawn", "another plaintext");
  const scwkms::Key found = client.get_key_async(key, counting(calls)).wait();
  CHECK(found.id == key && found.public_key == half.spki_der.to_vector(), "%s", found.id.c_str());
  const scwkms::Key created = client
                                  .create_key_async("scwkms:name=async-cpp;unprotected=true",
                                                    scwkms::Algorithm::ec_p384_sha384,
                                                    scwkms::ProtectionLevel::software, counting(calls))
                                  .wait();
  CHECK(created.name == "async-cpp" && created.algorithm == scwkms::Algorithm::ec_p384_sha384, "%s",
        created.name.c_str());
  const std::vector<scwkms::Key> keys = client.find_keys_async("scwkms:name=async-cpp", counting(calls)).wait();
  CHECK(keys.size() == 1 && keys.front().id == created.id, "%zu keys", keys.size());
  client.delete_key_async(created.id, counting(calls)).wait();
  CHECK(client.find_keys_async("scwkms:name=async-cpp").wait().empty(), "the key was not deleted");
  CHECK(calls == 7, "%d calls", calls.load());
}

static void failures(const Client& client, const std::string& key) {
  const std::string unknown = "00000000-0000-4000-8000-000000000000";
  AsyncOptions options;
  options.timeout = -1ms;
  REFUSES(invalid_argument, client.get_key_async(key, options));
  options.timeout = std::chrono::hours(24 * 365 * 100);
  CHECK(client.get_key_async(key, options).wait().id == key, "a long timeout");
  REFUSES(invalid_argument, client.sign_async(key, scwkms::ByteView()));
  REFUSES(invalid_argument, client.sign_async(key + "\0x"s, digest));
  REFUSES(not_found, client.public_key_async(unknown).wait());
  REFUSES(not_found, client.get_key_async(unknown).wait());
  REFUSES(not_found, client.delete_key_async(unknown).wait());
  REFUSES(invalid_handle, Operation<Buffer>().wait());
  REFUSES(invalid_handle, Operation<scwkms::PublicKey>().wait());
  REFUSES(invalid_handle, Operation<scwkms::Key>().wait());
  REFUSES(invalid_handle, Operation<std::vector<scwkms::Key>>().wait());
  REFUSES(invalid_handle, Operation<void>().wait());
  Operation<void>().cancel();
}

// An error that is the result of an operation is taken, too. The key is loaded, and then the digest does not fit it.
// The error has the code of a wait that was refused.
static Operation<Buffer> invalid_argument_later(const Client& client, const std::string& key,
                                                const AsyncOptions& options = {}) {
  return client.sign_async(key, std::array<std::uint8_t, 31>{}, scwkms::Algorithm::unspecified, options);
}

static void results_that_are_errors(const std::string& key) {
  const Client client(std::getenv("SCWKMS_URI"));
  Operation<Buffer> operation = invalid_argument_later(client, key);
  CHECK(operation, "the operation was started");
  REFUSES(invalid_argument, operation.wait());
  CHECK(!operation && operation.handle() == 0, "the result was taken");
  REFUSES(invalid_handle, operation.wait());
}

static void wait_in_own_callback(const std::atomic<Operation<Buffer>*>& started) {
  while (started == nullptr) {
    std::this_thread::yield();
  }
  REFUSES(invalid_argument, started.load()->wait());
  CHECK(!*started.load(), "the result was taken inside the callback");
}

static void results_taken_in_their_callback(const std::string& key) {
  const Client client(std::getenv("SCWKMS_URI"));
  std::atomic<Operation<Buffer>*> started{nullptr};
  AsyncOptions options;
  options.callback = [&started] { wait_in_own_callback(started); };
  Operation<Buffer> operation = invalid_argument_later(client, key, options);
  const scwkms_operation handle = operation.handle();
  started = &operation;
  scwkms_buffer result{};
  CHECK(scwkms_wait(handle, &result, nullptr) == SCWKMS_ERROR_INVALID_HANDLE, "the callback took the result");
}

static void moves(const Client& client, const std::string& key) {
  Operation<Buffer> first = client.sign_async(key, digest);
  const scwkms_operation handle = first.handle();
  Operation<Buffer> second(std::move(first));
  CHECK(handle != 0 && second.handle() == handle && !first, "moved into a new one");
  Operation<Buffer> third;
  third = std::move(second);
  Operation<Buffer>& same = third;
  third = std::move(same);
  CHECK(third.handle() == handle && !second, "moved into an empty one and into itself");
  CHECK(third.wait().size() > 60, "a signature");
}

// A closed client starts no operation, and completes those in flight.
static void closing(const std::string& key) {
  const Client client(std::getenv("SCWKMS_URI"));
  CHECK(client.timeout() == 500s, "%lld ms", static_cast<long long>(client.timeout().count()));
  Operation<Buffer> started = client.sign_async(key, digest);
  client.close();
  client.close();
  REFUSES(invalid_handle, client.sign_async(key, digest));
  REFUSES(invalid_handle, client.sign(key, digest));
  CHECK(started.wait().size() > 60, "a signature");
}

// Inside a callback, waiting for an operation without a result is refused. The operation continues.
static void wait_in_another_callback(const Client& client, const std::string& key) {
  Operation<Buffer> unfinished = client.sign_async(key, digest);
  AsyncOptions options;
  options.callback = [&unfinished] {
    REFUSES(invalid_argument, unfinished.wait());
    REFUSES(invalid_argument, unfinished.wait_for(1s));
    CHECK(!unfinished.ready(), "no result yet");
  };
  CHECK(client.get_key_async(key, options).wait().id == key, "another key");
  CHECK(unfinished, "the result was not taken");
  unfinished.cancel();
  REFUSES(cancelled, unfinished.wait());
  CHECK(!unfinished, "the result was taken");
}

// Only cancellation can end these operations before the test's own limit.
static void ends(const Client& client, const std::string& key) {
  std::puts("ready");
  std::fflush(stdout);
  std::string word;
  CHECK(std::cin >> word && word == "start", "no start");
  Operation<Buffer> cancelled = client.sign_async(key, digest);
  cancelled.cancel();
  REFUSES(cancelled, cancelled.wait());

  std::atomic<int> calls{0};
  scwkms_operation handle = 0;
  {
    const Operation<Buffer> destroyed =
        client.sign_async(key, digest, scwkms::Algorithm::unspecified, counting(calls));
    handle = destroyed.handle();
  }
  CHECK(calls == 1, "%d calls by the end of the object", calls.load());
  scwkms_buffer result{};
  CHECK(scwkms_wait(handle, &result, nullptr) == SCWKMS_ERROR_INVALID_HANDLE, "the operation still exists");

  Operation<Buffer> replaced = client.sign_async(key, digest, scwkms::Algorithm::unspecified, counting(calls));
  replaced = Operation<Buffer>();
  CHECK(calls == 2, "%d calls after the object was replaced", calls.load());

  wait_in_another_callback(client, key);

  Client freed(std::getenv("SCWKMS_URI"));
  Operation<scwkms::PublicKey> orphan = freed.public_key_async(key, counting(calls));
  freed.reset();
  CHECK(calls == 3, "%d calls after the client was freed", calls.load());
  REFUSES(invalid_handle, orphan.wait());
}

// The service responds after a minute: only the deadline can end this operation.
static void deadline(const Client& client, const std::string& key) {
  AsyncOptions options;
  options.timeout = 300ms;
  REFUSES(timeout, client.sign_async(key, digest, scwkms::Algorithm::unspecified, options).wait());
  REFUSES(timeout, client.within(300ms).sign(key, digest));
  REFUSES(timeout, client.within(300ms).sign_async(key, digest).wait());
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s KEY DECRYPTION_KEY COUNT\n", argv[0]);
    return 2;
  }
  const Client client(std::getenv("SCWKMS_URI"));
  many(client, argv[1], static_cast<std::size_t>(std::atoi(argv[3])));
  kinds(client, argv[1], argv[2]);
  failures(client, argv[1]);
  results_that_are_errors(argv[1]);
  results_taken_in_their_callback(argv[1]);
  moves(client, argv[1]);
  closing(argv[1]);
  ends(client, argv[1]);
  deadline(client, argv[1]);
  return check_result();
}
