// The observer: it is called for each operation, may throw, and can be replaced.
//
//   observer KEY
#include <scwkms.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "../c/check.h"

using scwkms::Client;

static const std::array<std::uint8_t, 32> digest{3};

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  const Client client(std::getenv("SCWKMS_URI"));
  std::atomic<int> signatures{0};
  const auto token = std::make_shared<int>(0);
  scwkms::set_observer([&signatures, token](const scwkms::Event& event) {
    if (event.kind == SCWKMS_EVENT_OPERATION && event.operation == std::string("sign")) {
      signatures++;
    }
    throw std::runtime_error("on purpose");
  });
  CHECK(client.sign(argv[1], digest).size() > 60, "no signature");
  CHECK(client.sign_async(argv[1], digest).wait().size() > 60, "no signature");
  CHECK(signatures == 2, "%d signatures", signatures.load());
  CHECK(token.use_count() > 1, "the library has no observer");

  std::atomic<int> events{0};
  scwkms::set_observer([&events](const scwkms::Event&) { events++; });
  CHECK(token.use_count() == 1, "the previous observer remains");
  CHECK(client.sign(argv[1], digest).size() > 60, "no signature");
  CHECK(signatures == 2 && events > 0, "%d signatures, %d events", signatures.load(), events.load());

  scwkms::set_observer(nullptr);
  const int before = events;
  CHECK(client.sign(argv[1], digest).size() > 60, "no signature");
  CHECK(events == before, "the observer was called");
  return check_result();
}
