/*
 * Signs a digest with a key in Key Manager: writes the public key (DER) to a file and the signature to standard output.
 *
 *   openssl dgst -sha256 -binary document | ./sign KEY PUBLIC.der > SIGNATURE
 *
 * The client's URI comes from SCWKMS_URI; without it, region and credentials come from Scaleway's own settings.
 */
#include <scwkms.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

static void write(std::ostream& out, scwkms::ByteView bytes) {
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.flush();
  if (!out) {
    throw std::runtime_error("cannot write");
  }
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: " << argv[0] << " KEY PUBLIC.der < digest > SIGNATURE\n";
    return 2;
  }
  try {
    const std::string digest{std::istreambuf_iterator<char>(std::cin), {}};
    const char* uri = std::getenv("SCWKMS_URI");
    const scwkms::Client client(uri != nullptr ? uri : "");
    const scwkms::PublicKey key = client.public_key(argv[1]);
    const scwkms::Buffer signature = client.sign(argv[1], digest, key.algorithm);
    std::ofstream file(argv[2], std::ios::binary);
    write(file, key.spki_der);
    write(std::cout, signature);
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << '\n';
    return 1;
  }
}
