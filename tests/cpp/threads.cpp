// Threads share one client. Each prints its signatures as "DIGEST SIGNATURE" in hexadecimal; the runner verifies them.
//
//   threads KEY THREADS SIGNATURES
#include <scwkms.hpp>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

static std::string hex(scwkms::ByteView bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", bytes.data()[i]);
    text += two;
  }
  return text;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s KEY THREADS SIGNATURES\n", argv[0]);
    return 2;
  }
  const scwkms::Client client(std::getenv("SCWKMS_URI"));
  const int count = std::atoi(argv[2]), signatures = std::atoi(argv[3]);
  std::mutex output;
  int failures = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < count; ++number) {
    threads.emplace_back([&, number] {
      for (int made = 0; made < signatures; ++made) {
        const std::uint8_t digest[32] = {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(made)};
        try {
          const std::string line = hex(digest) + ' ' + hex(client.sign(argv[1], digest));
          const std::lock_guard lock(output);
          std::puts(line.c_str());
        } catch (const scwkms::Error& error) {
          const std::lock_guard lock(output);
          ++failures;
          std::fprintf(stderr, "thread %d: %s\n", number, error.what());
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  return failures == 0 ? 0 : 1;
}
