// Signs many files at once with one thread:
//
//     sha256sum FILE... | sign_async KEY
//
// writes the signature of each FILE to FILE.sig, in the order in which the signatures are completed.

#include <array>
#include <condition_variable>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <mutex>
#include <queue>
#include <scwkms.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// A queue between the library's thread and the main thread.
class Queue {
 public:
  void push(std::size_t value) {
    const std::lock_guard lock(mutex_);
    values_.push(value);
    added_.notify_one();
  }
  std::size_t pop() {
    std::unique_lock lock(mutex_);
    added_.wait(lock, [this] { return !values_.empty(); });
    const std::size_t value = values_.front();
    values_.pop();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::queue<std::size_t> values_;
};

struct Job {
  std::string file;
  scwkms::Operation<scwkms::Buffer> operation;
};

std::array<std::uint8_t, 32> parse_digest(const std::string& line) {
  std::array<std::uint8_t, 32> digest{};
  if (line.size() <= 2 * digest.size() + 2) {
    throw std::invalid_argument("not a line of sha256sum: " + line);
  }
  for (std::size_t i = 0; i < digest.size(); i++) {
    digest[i] = static_cast<std::uint8_t>(std::stoul(line.substr(2 * i, 2), nullptr, 16));
  }
  return digest;
}

void write_signature(const std::string& file, const scwkms::Buffer& signature) {
  std::ofstream output(file + ".sig", std::ios::binary);
  output.write(reinterpret_cast<const char*>(signature.data()), static_cast<std::streamsize>(signature.size()));
  output.close();
  if (!output) {
    throw std::runtime_error("cannot write " + file + ".sig");
  }
}

void sign(const char* key) {
  Queue completed;  // declared first, so that it exists when a callback is called
  const scwkms::Client client;
  std::vector<Job> jobs;
  for (std::string line; std::getline(std::cin, line);) {
    scwkms::AsyncOptions options;
    options.callback = [&completed, index = jobs.size()] { completed.push(index); };
    const auto digest = parse_digest(line);
    jobs.push_back({line.substr(2 * digest.size() + 2),
                    client.sign_async(key, digest, scwkms::Algorithm::unspecified, options)});
  }
  for (std::size_t count = 0; count < jobs.size(); count++) {
    Job& job = jobs[completed.pop()];
    write_signature(job.file, job.operation.wait());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: sha256sum FILE... | " << argv[0] << " KEY\n";
    return 2;
  }
  try {
    sign(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
