// Envelope encryption: encryptors, decryptors and caches of data keys.
//
//   envelope SYMMETRIC_KEY
#include <scwkms.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

#include "refuses.hpp"

using scwkms::Buffer, scwkms::ByteView, scwkms::Client, scwkms::DataKeyCache, scwkms::Decryptor, scwkms::Encryptor;
using Bytes = std::vector<std::uint8_t>;

static_assert(!std::is_copy_constructible_v<Encryptor> && std::is_nothrow_move_constructible_v<Encryptor>);
static_assert(!std::is_copy_constructible_v<Decryptor> && std::is_nothrow_move_assignable_v<Decryptor>);

static const std::string context = "context", other_context = "other";

static void append(Bytes& to, const Buffer& from) {
  if (!from.empty()) {
    to.insert(to.end(), from.begin(), from.end());
  }
}

static Bytes encrypt(const Client& client, const std::string& key, const Bytes& plaintext, const DataKeyCache* cache) {
  Encryptor encryptor(client, key, context, cache);
  Bytes message;
  append(message, encryptor.update(plaintext));
  Encryptor moved = std::move(encryptor);
  append(message, moved.update(plaintext));
  append(message, moved.finish());
  REFUSES(invalid_argument, moved.finish());
  REFUSES(invalid_argument, moved.update(plaintext));
  return message;
}

static Bytes decrypt(const Client& client, const std::string& key, const Bytes& message, const DataKeyCache* cache) {
  const std::size_t start = std::min<std::size_t>(message.size(), SCWKMS_ENVELOPE_MAX_HEADER_LEN);
  Decryptor decryptor(client, key, context, ByteView(message.data(), start), cache);
  Bytes plaintext;
  append(plaintext, decryptor.update(ByteView(message.data() + start, message.size() - start)));
  append(plaintext, decryptor.finish());
  return plaintext;
}

int main(int argc, char** argv) {
  CHECK(argc == 2, "usage: %s SYMMETRIC_KEY", argv[0]);
  const Client client(std::getenv("SCWKMS_URI"));
  const std::string key = argv[1];
  const DataKeyCache cache(client, {std::chrono::minutes(1), 1, 0});
  Bytes plaintext(100000, 7), twice(200000, 7);
  for (const DataKeyCache* const used : {static_cast<const DataKeyCache*>(nullptr), &cache}) {
    Bytes message = encrypt(client, key, plaintext, used);
    CHECK(decrypt(client, key, message, nullptr) == twice, "another plaintext");
    CHECK(decrypt(client, "", message, used) == twice, "another plaintext");
    REFUSES(integrity, Decryptor(client, key, other_context, message));
    REFUSES(integrity, Decryptor(client, "11111111-2222-3333-4444-555555555555", context, message));
    message.pop_back();
    REFUSES(integrity, decrypt(client, key, message, nullptr));
  }
  REFUSES(invalid_argument, Decryptor(client, "", {}, plaintext));
  REFUSES(invalid_argument, DataKeyCache(client, {std::chrono::milliseconds(-1), 0, 0}));
  return check_result();
}
