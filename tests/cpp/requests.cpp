// Requests: started, waited for, moved, given up by their ends. The signatures are printed as "DIGEST SIGNATURE" in
// hexadecimal, for the runner to verify.
//
//   requests KEY DECRYPTION_KEY COUNT    prints "ready" and reads "start" before the last requests, which the service
//                                        holds back beyond all deadlines
#include <scwkms.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "refuses.hpp"

using namespace std::string_literals;
using scwkms::Client, scwkms::Request;

static const std::array<std::uint8_t, 32> digest{17};

static void print(scwkms::ByteView bytes, const char* end) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::printf("%02x", bytes.data()[i]);
  }
  std::fputs(end, stdout);
}

static void count(void* context, scwkms_request) { ++*static_cast<std::atomic<int>*>(context); }

static void many(const Client& client, const std::string& key, std::size_t number) {
  std::atomic<int> calls{0};
  std::vector<std::array<std::uint8_t, 32>> digests(number);
  std::vector<Request> requests;
  for (std::size_t i = 0; i < number; ++i) {
    digests[i][0] = static_cast<std::uint8_t>(i);
    requests.push_back(client.sign_async(key, digests[i], scwkms::Algorithm::ec_p256_sha256, count, &calls));
  }
  for (std::size_t i = 0; i < number; ++i) {
    print(digests[i], " ");
    print(requests[i].wait(), "\n");
    CHECK(!requests[i], "there is nothing more to take");
    REFUSES(invalid_handle, requests[i].wait());
  }
  CHECK(calls == static_cast<int>(number), "%d calls", calls.load());
}

static void kinds(const Client& client, const std::string& key, const std::string& decryption_key) {
  CHECK(client.public_key_async(key).wait().to_vector() == client.public_key(key).spki_der.to_vector(), "another key");
  const scwkms::Buffer plaintext =
      client.decrypt_async(decryption_key, client.encrypt(decryption_key, "attack at dawn"s)).wait();
  CHECK(std::string(plaintext.begin(), plaintext.end()) == "attack at dawn", "another plaintext");
  REFUSES(invalid_argument, client.sign_async(key, scwkms::ByteView()));
  REFUSES(invalid_argument, client.sign_async(key + "\0x"s, digest));
  REFUSES(not_found, client.public_key_async("00000000-0000-4000-8000-000000000000").wait());
  REFUSES(invalid_handle, Request().wait());
  Request().cancel();
}

static void moves(const Client& client, const std::string& key) {
  Request first = client.sign_async(key, digest);
  const scwkms_request handle = first.handle();
  Request second(std::move(first));
  CHECK(handle != 0 && second.handle() == handle && !first, "moved into a new one");
  Request third;
  third = std::move(second);
  Request& same = third;
  third = std::move(same);
  CHECK(third.handle() == handle && !second, "moved into an empty one and into itself");
  CHECK(third.wait().size() > 60, "a signature");
}

// Only by being given up can these end: nothing else would let the program end in time.
static void ends(const Client& client, const std::string& key) {
  std::puts("ready");
  std::fflush(stdout);
  std::string word;
  CHECK(std::cin >> word && word == "start", "not told to start");
  Request cancelled = client.sign_async(key, digest);
  cancelled.cancel();
  REFUSES(cancelled, cancelled.wait());

  std::atomic<int> calls{0};
  scwkms_request handle = 0;
  {
    const Request destroyed = client.sign_async(key, digest, scwkms::Algorithm::unspecified, count, &calls);
    handle = destroyed.handle();
  }
  CHECK(calls == 1, "%d calls by the end of the object", calls.load());
  scwkms_buffer result{};
  CHECK(scwkms_wait(handle, &result, nullptr) == SCWKMS_ERROR_INVALID_HANDLE, "the request is still there");

  Request replaced = client.sign_async(key, digest, scwkms::Algorithm::unspecified, count, &calls);
  replaced = Request();
  CHECK(calls == 2, "%d calls once the object was replaced", calls.load());

  Client closed(std::getenv("SCWKMS_URI"));
  Request orphan = closed.public_key_async(key, count, &calls);
  closed.close();
  CHECK(calls == 3, "%d calls once the client was closed", calls.load());
  REFUSES(invalid_handle, orphan.wait());
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s KEY DECRYPTION_KEY COUNT\n", argv[0]);
    return 2;
  }
  const Client client(std::getenv("SCWKMS_URI"));
  many(client, argv[1], static_cast<std::size_t>(std::atoi(argv[3])));
  kinds(client, argv[1], argv[2]);
  moves(client, argv[1]);
  ends(client, argv[1]);
  return check_result();
}
