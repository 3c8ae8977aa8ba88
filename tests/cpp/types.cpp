// What the types promise: moves that do not throw, no copies, exceptions that can be copied, views of every container.
#include <scwkms.hpp>

#include <array>
#include <type_traits>
#if __cplusplus >= 202002L
#include <span>
#endif

#include "../c/check.h"
#include "other_unit.hpp"

using namespace std::string_literals;
using scwkms::Algorithm, scwkms::Buffer, scwkms::ByteView, scwkms::Client, scwkms::Error, scwkms::ErrorCode;

template <typename T>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                            !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                            std::is_nothrow_destructible_v<T>;

static_assert(moves_only<Client> && moves_only<Buffer> && moves_only<scwkms::PublicKey> && moves_only<scwkms::Request>);
static_assert(std::is_nothrow_default_constructible_v<Buffer> &&
              std::is_nothrow_default_constructible_v<scwkms::Request>);
static_assert(std::is_copy_constructible_v<scwkms::KeyInfo> && std::is_nothrow_move_constructible_v<scwkms::KeyInfo>);
static_assert(std::is_base_of_v<std::runtime_error, Error> && std::is_nothrow_copy_constructible_v<Error> &&
              std::is_nothrow_copy_assignable_v<Error>);
static_assert(!std::is_convertible_v<std::string, Client>, "a text is not taken for a client");
static_assert(!std::is_convertible_v<Client, bool> && std::is_constructible_v<bool, const Client&>);
static_assert(noexcept(std::declval<Client&>().close()) && noexcept(std::declval<const Client&>().handle()));
static_assert(!noexcept(std::declval<const Client&>().sign("", ByteView())), "an error must be able to leave");

static_assert(std::is_convertible_v<std::vector<std::uint8_t>, ByteView>);
static_assert(std::is_convertible_v<std::array<std::uint8_t, 32>, ByteView>);
static_assert(std::is_convertible_v<std::vector<std::byte>, ByteView> && std::is_convertible_v<std::string, ByteView>);
static_assert(std::is_convertible_v<Buffer, ByteView> && std::is_convertible_v<const std::uint8_t (&)[32], ByteView>);
static_assert(!std::is_convertible_v<std::vector<int>, ByteView>, "numbers are not bytes");
static_assert(!std::is_convertible_v<const char*, ByteView> && !std::is_convertible_v<const char (&)[5], ByteView>,
              "a literal's closing NUL must not become data");
#if __cplusplus >= 202002L
static_assert(std::is_convertible_v<std::span<const std::uint8_t>, ByteView>);
#endif

static void views() {
  const std::array<std::uint8_t, 3> array{1, 2, 3};
  const ByteView view(array);
  CHECK(view.data() == array.data() && view.size() == 3, "an array");
  const std::uint8_t raw[4] = {1};
  CHECK(ByteView(raw).data() == raw && ByteView(raw).size() == 4, "an array of C");
  CHECK(ByteView().data() == nullptr && ByteView().size() == 0, "nothing");
  CHECK(ByteView(Buffer()).size() == 0, "an empty buffer");
}

static void errors() {
  Error copy(ErrorCode::timeout, "first");
  {
    const Error error(ErrorCode::not_found, "no such key", 404, "request-1");
    copy = error;
  }
  CHECK(copy.code() == ErrorCode::not_found && copy.http_status() == 404, "%s", copy.what());
  CHECK(copy.what() == "no such key"s && copy.request_id() == "request-1", "%s", copy.what());
  const Error moved(std::move(copy));
  CHECK(copy.request_id() == "request-1" && moved.request_id() == "request-1", "an error lost its request id");
}

static void names() {
  CHECK(scwkms::algorithm_name(Algorithm::ec_p384_sha384) == "ec_p384_sha384", "by number");
  CHECK(scwkms::algorithm_name(Algorithm::unspecified).empty(), "none");
  CHECK(scwkms::algorithm_name(static_cast<Algorithm>(9999)).empty(), "newer than the library");
  CHECK(scwkms::version() == scwkms_version(), "version");
  CHECK(version_of_other_unit() == scwkms::version(), "a second unit");
}

int main() {
  views();
  errors();
  names();
  return check_result();
}
