// The life of a client: opened, used, moved, closed, reset. Failures are thrown.
//
//   client SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY
#include <scwkms.hpp>

#include <array>
#include <cstdlib>
#include <string>

#include "refuses.hpp"

using namespace std::string_literals;
using scwkms::Algorithm, scwkms::Buffer, scwkms::Client, scwkms::Error, scwkms::ErrorCode;

static const std::array<std::uint8_t, 32> digest{1};

static void moves(const std::string& uri, const std::string& key) {
  Client first(uri);
  CHECK(first && first.handle() != 0, "open");
  const scwkms_client handle = first.handle();

  Client second(std::move(first));
  CHECK(second.handle() == handle && !first, "moved into a new one");
  REFUSES(invalid_handle, first.sign(key, digest));
  CHECK(second.sign(key, digest).size() > 60, "the client still signs");

  Client third(uri);
  const scwkms_client replaced = third.handle();
  third = std::move(second);
  CHECK(third.handle() == handle && !second, "moved into an open one");
  CHECK(scwkms_find_keys(replaced, nullptr, nullptr, nullptr) == SCWKMS_ERROR_INVALID_HANDLE,
        "the client that was replaced is still open");
  Client& same = third;
  third = std::move(same);
  CHECK(third.handle() == handle, "moved into itself");

  third.close();
  CHECK(third.handle() == handle, "a closed client still has its handle");
  REFUSES(invalid_handle, third.get_key(key));
  third.reset();
  third.reset();
  third.close();
  CHECK(!third && third.timeout().count() == 0, "reset");
  REFUSES(invalid_handle, third.get_key(key));
  third = Client(uri);
  CHECK(third.get_key(key).algorithm == Algorithm::ec_p256_sha256, "opened again");
}

static void buffers(const Client& client, const std::string& key) {
  Buffer first = client.sign(key, digest);
  const std::vector<std::uint8_t> bytes = first.to_vector();
  CHECK(bytes.size() == first.size() && bytes.front() == 0x30 && first[0] == 0x30, "an ASN.1 sequence");
  Buffer second(std::move(first));
  CHECK(first.empty() && first.data() == nullptr && first.to_vector().empty(), "moved from");
  Buffer third = client.sign(key, digest);
  third = std::move(second);
  CHECK(third.to_vector() == bytes && second.empty(), "moved into a full one");
  Buffer& same = third;
  third = std::move(same);
  CHECK(std::vector<std::uint8_t>(third.begin(), third.end()) == bytes, "moved into itself");
}

static void encryption(const Client& client, const std::string& decryption_key, const std::string& symmetric_key) {
  for (const std::string& key : {decryption_key, symmetric_key}) {
    const Buffer ciphertext = client.encrypt(key, "attack at dawn"s);
    const Buffer plaintext = client.decrypt(key, ciphertext);
    CHECK(std::string(plaintext.begin(), plaintext.end()) == "attack at dawn", "another plaintext");
    REFUSES(invalid_argument, client.decrypt(key, scwkms::ByteView()));
  }
}

static void keys(const Client& client) {
  const scwkms::Key made = client.create_key("scwkms:name=cpp;unprotected=true;tags=cpp,test;description=a%20test",
                                             Algorithm::ec_p384_sha384);
  CHECK(made.name == "cpp" && made.algorithm == Algorithm::ec_p384_sha384, "%s", made.name.c_str());
  CHECK(made.description == "a test" && made.origin == "scaleway_kms", "%s", made.description.c_str());
  CHECK(made.tags == std::vector<std::string>({"cpp", "test"}), "%zu tags", made.tags.size());
  CHECK(made.rotation_count == 1 && made.rotated_at.size() >= 20 && made.deletion_requested_at.empty(), "%s",
        made.rotated_at.c_str());
  CHECK(made.updated_at.size() >= 20 && made.protection_level == "software", "%s", made.updated_at.c_str());
  CHECK(made.public_key.empty(), "a public key that was not fetched");
  CHECK(!made.is_protected && !made.is_locked, "protected or locked");
  CHECK(made.usage == "asymmetric_signing" && made.algorithm_name == "ec_p384_sha384" && made.state == "enabled", "%s",
        made.usage.c_str());
  CHECK(made.uri == "scwkms:key-id=" + made.id + ";region=" + made.region && !made.created_at.empty(), "%s",
        made.uri.c_str());
  const std::vector<scwkms::Key> found = client.find_keys("scwkms:tags=cpp");
  CHECK(found.size() == 1 && found.front().id == made.id && found.front().project_id == made.project_id, "%zu",
        found.size());
  const scwkms::PublicKey half = client.public_key(made.uri);
  const scwkms::Key by_name = client.get_key("scwkms:name=cpp");
  CHECK(by_name.id == made.id && by_name.public_key == half.spki_der.to_vector(), "by name");
  CHECK(half.algorithm == Algorithm::ec_p384_sha384 && half.spki_der.size() == 120, "%zu", half.spki_der.size());
  client.delete_key(made.id);
  CHECK(client.find_keys("scwkms:tags=cpp").empty(), "a deleted key was found");
  CHECK(client.find_keys().size() >= 3, "the other keys");

  const scwkms::Key kept = client.create_key("protected-cpp");
  CHECK(kept.is_protected && kept.algorithm == Algorithm::ec_p256_sha256, "the defaults");
  REFUSES(key_state, client.delete_key(kept.id));
}

static void failures(const Client& client, const std::string& key) {
  const std::string unknown = "00000000-0000-4000-8000-000000000000";
  try {
    static_cast<void>(client.sign(unknown, digest));
    CHECK(false, "a signature of an unknown key");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found && error.http_status() == 404, "%s", error.what());
    CHECK(error.request_id().size() == 36, "%s", error.request_id().c_str());
    CHECK(std::string(error.what()).find(unknown) != std::string::npos, "%s", error.what());
  }
  REFUSES(unsupported, client.sign(key, digest, Algorithm::rsa_pss_2048_sha256));
  REFUSES(invalid_argument, client.sign(key, scwkms::ByteView()));
  REFUSES(invalid_argument, client.sign(key, "\xff"s));
  REFUSES(invalid_argument, client.create_key("one", static_cast<Algorithm>(9999)));

  // In the C interface the text would end at the NUL, and so name another key.
  REFUSES(invalid_argument, client.sign(key + "\0x"s, digest));
  REFUSES(invalid_argument, client.find_keys("scwkms:name=a\0b"s));
  REFUSES(invalid_argument, Client("scwkms:\0region=x"s));
  REFUSES(invalid_argument, scwkms::validate_name(key + "\0"s));
  REFUSES(invalid_argument, Client("scwkms:regio=fr-par"));
  REFUSES(configuration, Client("scwkms:region=fr-par"));
  scwkms::validate_name("fr-par/" + key);

  const char* const unset = std::getenv("SCWKMS_TEST_UNSET");
  REFUSES(invalid_argument, Client(unset));
  REFUSES(invalid_argument, client.get_key(unset));
  REFUSES(invalid_argument, client.sign_async(unset, digest));
  REFUSES(invalid_argument, scwkms::validate_name(unset));
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY\n", argv[0]);
    return 2;
  }
  const std::string uri = std::getenv("SCWKMS_URI");
  const Client client(uri);
  moves(uri, argv[1]);
  buffers(client, argv[1]);
  encryption(client, argv[2], argv[3]);
  keys(client);
  failures(client, argv[1]);
  return check_result();
}
