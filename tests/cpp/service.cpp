// The operations on keys of other kinds: each blocking, asynchronous, and with a timeout.
//
//   service SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY EXTERNAL_KEY
#include <scwkms.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "refuses.hpp"

using namespace std::string_literals;
using namespace std::string_view_literals;
using namespace std::chrono_literals;
using scwkms::Algorithm, scwkms::Buffer, scwkms::Client, scwkms::DataKey, scwkms::Decrypted, scwkms::Key,
    scwkms::KeyUpdate;

static const std::array<std::uint8_t, 32> digest{1};
static const std::string secret = "attack at dawn", context = "context", other_context = "other";

static bool is_text(const Buffer& buffer, const std::string& text) {
  return std::string(buffer.begin(), buffer.end()) == text;
}

static void verification(const Client& client, const std::string& key) {
  const std::array<std::uint8_t, 32> other{2};
  const Buffer signature = client.sign(key, digest);
  client.verify(key, digest, signature, Algorithm::ec_p256_sha256);
  client.verify_async(key, digest, signature).wait();
  client.verify_by_service(key, digest, signature);
  client.verify_by_service_async(key, digest, signature).wait();
  client.within(10s).verify(key, digest, signature);
  REFUSES(integrity, (client.verify(key, other, signature), 0));
  REFUSES(integrity, (client.verify_async(key, other, signature).wait(), 0));
  REFUSES(integrity, (client.verify_by_service(key, other, signature), 0));
  REFUSES(integrity, (client.verify_by_service_async(key, other, signature).wait(), 0));
  REFUSES(unsupported, (client.verify(key, digest, signature, Algorithm::ec_p384_sha384), 0));
}

static void associated_data(const Client& client, const std::string& key) {
  const Buffer first = client.encrypt_with_associated_data(key, secret, context);
  const Buffer second = client.encrypt_with_associated_data_async(key, secret, context).wait();
  CHECK(first != second, "two encryptions are equal");
  for (const Buffer* const ciphertext : {&first, &second}) {
    const Decrypted blocking = client.decrypt_with_associated_data(key, *ciphertext, context);
    const Decrypted later = client.decrypt_with_associated_data_async(key, *ciphertext, context).wait();
    CHECK(is_text(blocking.plaintext, secret) && blocking.reencrypted.empty(), "another plaintext");
    CHECK(blocking == later, "another plaintext");
    REFUSES(invalid_argument, client.decrypt_with_associated_data(key, *ciphertext, other_context));
  }
  CHECK(client.rotate_key(key).rotation_count == 2, "not rotated");
  const Decrypted rotated = client.within(10s).decrypt_with_associated_data(key, first, context);
  CHECK(is_text(rotated.plaintext, secret) && !rotated.reencrypted.empty(), "not encrypted again");
  CHECK(is_text(client.decrypt_with_associated_data(key, rotated.reencrypted, context).plaintext, secret), "again");
}

static void data_keys(const Client& client, const std::string& key) {
  const DataKey blocking = client.generate_data_key(key);
  const DataKey later = client.generate_data_key_async(key).wait();
  const DataKey bounded = client.within(10s).generate_data_key(key);
  for (const DataKey* const made : {&blocking, &later, &bounded}) {
    CHECK(made->plaintext.size() == 32, "%zu bytes", made->plaintext.size());
    CHECK(client.decrypt(key, made->ciphertext) == made->plaintext, "another data key");
  }
  CHECK(blocking != later && blocking.plaintext != later.plaintext, "two data keys are equal");
  const DataKey without = client.generate_data_key(key, false);
  CHECK(without.plaintext.empty() && client.decrypt(key, without.ciphertext).size() == 32, "without the plaintext");
  const DataKey later_without = client.generate_data_key_async(key, false).wait();
  CHECK(later_without.plaintext.empty() && !later_without.ciphertext.empty(), "without the plaintext");
}

static void wrapping(const Client& client, const std::string& key) {
  const Buffer plain = client.wrap(key, secret);
  CHECK(is_text(client.unwrap(key, plain), secret), "another plaintext");
  const Buffer bound = client.wrap_async(key, secret, context).wait();
  CHECK(is_text(client.unwrap_async(key, bound, context).wait(), secret), "another plaintext");
  CHECK(is_text(client.within(10s).unwrap(key, bound, context), secret), "another plaintext");
  REFUSES(invalid_argument, client.unwrap(key, bound));
}

static void states(const Client& client, const std::string& key) {
  CHECK(client.disable_key(key).state == "disabled" && client.enable_key(key).state == "enabled", "blocking");
  CHECK(client.disable_key_async(key).wait().state == "disabled", "asynchronous");
  REFUSES(key_state, client.sign(key, digest));
  CHECK(client.enable_key_async(key).wait().state == "enabled", "asynchronous");
  CHECK(client.protect_key(key).is_protected && !client.unprotect_key(key).is_protected, "blocking");
  CHECK(client.protect_key_async(key).wait().is_protected, "asynchronous");
  REFUSES(key_state, (client.delete_key(key), 0));
  CHECK(!client.unprotect_key_async(key).wait().is_protected, "asynchronous");
  client.delete_key(key);
  CHECK(client.restore_key(key).deletion_requested_at.empty(), "still scheduled for deletion");
  client.delete_key_async(key).wait();
  CHECK(client.restore_key_async(key).wait().id == key, "another key");
}

static void updates(const Client& client, const std::string& key) {
  KeyUpdate update;
  REFUSES(invalid_argument, client.update_key(key, update));
  update.name = "updated";
  update.description = "a description";
  update.tags = {"a", "b"};
  update.rotation_period = 48h;
  update.next_rotation_at = "2099-01-02T03:04:05Z";
  const Key changed = client.update_key(key, update);
  CHECK(changed.name == "updated" && changed.description == "a description", "%s", changed.name.c_str());
  CHECK(changed.tags == update.tags && changed.rotation_period == 48h, "%zu tags", changed.tags.size());
  CHECK(changed.next_rotation_at.rfind("2099-01-02T03:04:05", 0) == 0, "%s", changed.next_rotation_at.c_str());
  KeyUpdate removal;
  removal.description = "";
  removal.tags.emplace();
  const Key emptied = client.update_key_async(key, removal).wait();
  CHECK(emptied.name == "updated" && emptied.description.empty() && emptied.tags.empty(), "not removed");
  update.rotation_period = 0s;
  REFUSES(invalid_argument, client.update_key(key, update));
  KeyUpdate with_nul;
  with_nul.tags = {"a\0b"s};
  REFUSES(invalid_argument, client.update_key(key, with_nul));
}

static void rotations(const Client& client, const std::string& key) {
  const std::vector<scwkms::Rotation> found = client.list_rotations(key);
  const std::size_t count = client.rotate_key_async(key).wait().rotation_count;
  CHECK(count == found.size() + 1 && client.list_rotations_async(key).wait().size() == count, "%zu", found.size());
  for (const scwkms::Rotation& rotation : found) {
    CHECK(rotation.status == "enabled" && rotation.deleted_at.empty(), "%s", rotation.status.c_str());
    CHECK(rotation.created_at.size() >= 20 && rotation.updated_at.size() >= 20, "%s", rotation.created_at.c_str());
    CHECK(std::count(found.begin(), found.end(), rotation) == 1, "twice");
  }
}

static void algorithms(const Client& client) {
  const std::vector<scwkms::AlgorithmInfo> all = client.list_algorithms();
  const std::vector<scwkms::AlgorithmInfo> signing = client.list_algorithms("scwkms:usage=asymmetric_signing");
  CHECK(all == client.list_algorithms_async().wait() && signing.size() < all.size(), "%zu", signing.size());
  const auto found = std::find_if(signing.begin(), signing.end(), [](const scwkms::AlgorithmInfo& info) {
    return info.algorithm == Algorithm::ec_p384_sha384 && info.name == "ec_p384_sha384";
  });
  CHECK(found != signing.end() && found->usage == "asymmetric_signing", "not offered");
}

static void key_material(const Client& client, const std::string& key) {
  const std::string material(32, 'm');
  const scwkms::ImportParameters parameters =
      client.get_import_parameters(key, scwkms::WrappingAlgorithm::rsa_oaep_3072_sha256);
  CHECK(!parameters.public_key.empty() && !parameters.import_token.empty(), "no parameters");
  const scwkms::ImportParameters later =
      client.get_import_parameters_async(key, scwkms::WrappingAlgorithm::rsa_aes_key_wrap_2048_sha256).wait();
  CHECK(later != parameters && !later.import_token.empty(), "the same token");
  CHECK(client.import_key_material(key, material).state == "enabled", "no key material");
  const Buffer ciphertext = client.encrypt(key, secret);
  CHECK(is_text(client.decrypt(key, ciphertext), secret), "another plaintext");
  CHECK(client.import_key_material_async(key, material, "salt"s).wait().state == "enabled", "no key material");
  client.delete_key_material(key);
  client.delete_key_material_async(key, 1).wait();
  REFUSES(key_state, client.decrypt(key, ciphertext));
  REFUSES(invalid_argument, client.import_key_material(key, scwkms::ByteView()));
}

// Texts that end without a NUL, and a timeout that is not positive.
static void arguments(const Client& client, const std::string& key) {
  const std::string longer = key + "more";
  CHECK(client.get_key(std::string_view(longer).substr(0, key.size())).id == key, "another key");
  REFUSES(invalid_argument, client.get_key("a\0b"sv));
  REFUSES(invalid_argument, client.within(0ms));
  REFUSES(invalid_argument, client.within(-1ms));
  Client freed(std::getenv("SCWKMS_URI"));
  const scwkms::Calls calls = freed.within(10s);
  freed.reset();
  REFUSES(invalid_handle, calls.get_key(key));
}

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY EXTERNAL_KEY\n", argv[0]);
    return 2;
  }
  const Client client(std::getenv("SCWKMS_URI"));
  verification(client, argv[1]);
  associated_data(client, argv[2]);
  data_keys(client, argv[2]);
  wrapping(client, argv[3]);
  states(client, argv[1]);
  updates(client, argv[2]);
  rotations(client, argv[2]);
  algorithms(client);
  key_material(client, argv[4]);
  arguments(client, argv[1]);
  return check_result();
}
