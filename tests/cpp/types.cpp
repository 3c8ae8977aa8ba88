// Properties of the types: moves do not throw, there are no copies, exceptions can be copied, and ByteView converts from
// every contiguous container.
#include <scwkms.hpp>

#include <array>
#include <type_traits>
#if __cplusplus >= 202002L
#include <span>
#endif

#include "../c/check.h"
#include "other_unit.hpp"

using namespace std::string_literals;
using namespace std::string_view_literals;
using scwkms::Algorithm, scwkms::Buffer, scwkms::ByteView, scwkms::Client, scwkms::Error, scwkms::ErrorCode,
    scwkms::TextView;

template <typename T>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                            !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                            std::is_nothrow_destructible_v<T>;

template <typename Result>
constexpr bool is_operation =
    moves_only<scwkms::Operation<Result>> && std::is_nothrow_default_constructible_v<scwkms::Operation<Result>>;

static_assert(moves_only<Client> && moves_only<Buffer> && moves_only<scwkms::PublicKey> &&
              moves_only<scwkms::Decrypted> && moves_only<scwkms::DataKey> && moves_only<scwkms::ImportParameters>);
static_assert(is_operation<Buffer> && is_operation<scwkms::PublicKey> && is_operation<scwkms::Key> &&
              is_operation<std::vector<scwkms::Key>> && is_operation<void>);
static_assert(is_operation<scwkms::Decrypted> && is_operation<scwkms::DataKey> &&
              is_operation<scwkms::ImportParameters> && is_operation<std::vector<scwkms::Rotation>> &&
              is_operation<std::vector<scwkms::AlgorithmInfo>>);
static_assert(std::is_error_code_enum_v<ErrorCode> && std::is_convertible_v<ErrorCode, std::error_code>);
static_assert(std::is_constructible_v<scwkms::Callback, void (*)(scwkms_operation)> &&
              !std::is_constructible_v<scwkms::Callback, int> && !std::is_constructible_v<scwkms::Callback, std::string>);
static_assert(std::is_nothrow_default_constructible_v<Buffer>);
static_assert(std::is_copy_constructible_v<scwkms::Key> && std::is_nothrow_move_constructible_v<scwkms::Key>);
static_assert(std::is_base_of_v<std::runtime_error, Error> && std::is_nothrow_copy_constructible_v<Error> &&
              std::is_nothrow_copy_assignable_v<Error>);
static_assert(!std::is_convertible_v<std::string, Client>, "a text does not convert to a client");
static_assert(std::is_constructible_v<Client, std::string> && std::is_constructible_v<Client, const char*> &&
              std::is_constructible_v<Client, const char (&)[8]> && std::is_default_constructible_v<Client>);
static_assert(!std::is_constructible_v<Client, std::nullptr_t> && !std::is_constructible_v<TextView, std::nullptr_t>);
static_assert(std::is_constructible_v<TextView, std::string_view> && std::is_constructible_v<Client, std::string_view>);
static_assert(!std::is_convertible_v<Client, bool> && std::is_constructible_v<bool, const Client&>);
static_assert(noexcept(std::declval<const Client&>().close()) && noexcept(std::declval<Client&>().reset()) &&
              noexcept(std::declval<const Client&>().handle()) && noexcept(std::declval<const Client&>().timeout()));
static_assert(!noexcept(std::declval<const Client&>().sign("", ByteView())), "an error is thrown");

static_assert(std::is_convertible_v<std::vector<std::uint8_t>, ByteView>);
static_assert(std::is_convertible_v<std::array<std::uint8_t, 32>, ByteView>);
static_assert(std::is_convertible_v<std::vector<std::byte>, ByteView> && std::is_convertible_v<std::string, ByteView>);
static_assert(std::is_convertible_v<Buffer, ByteView> && std::is_convertible_v<const std::uint8_t (&)[32], ByteView>);
static_assert(!std::is_convertible_v<std::vector<int>, ByteView>, "numbers are not bytes");
static_assert(!std::is_convertible_v<const char*, ByteView> && !std::is_convertible_v<const char (&)[5], ByteView>,
              "the NUL at the end of a literal is not data");
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

// A std::string_view may lack a NUL at its end. It is copied.
static void texts() {
  const std::string text = "fr-par/8a83f62f";
  const TextView part(std::string_view(text).substr(0, 6));
  CHECK(part.data() == "fr-par"s && !part.has_nul(), "%s", part.data());
  const TextView copy = part;
  CHECK(copy.data() == "fr-par"s && copy.data() != part.data(), "%s", copy.data());
  CHECK(TextView(std::string_view()).data() == ""s, "an empty view");
  CHECK(TextView("a\0b"sv).has_nul() && TextView("a\0b"s).has_nul() && !TextView("ab"sv).has_nul(), "a NUL");
  CHECK(TextView(text).data() == text.data(), "a std::string is not copied");
}

static void error_codes() {
  const std::error_code code = ErrorCode::timeout;
  CHECK(code == ErrorCode::timeout && code != ErrorCode::cancelled, "%d", code.value());
  CHECK(code == std::errc::timed_out && code.category() == scwkms::error_category(), "%s", code.category().name());
  CHECK(code.message() == "the deadline passed", "%s", code.message().c_str());
  CHECK(Error(ErrorCode::cancelled, "x").error_code() == std::errc::operation_canceled, "cancelled");
  CHECK(Error(ErrorCode::network, "x").error_code() != std::errc::timed_out, "network");
  for (int number = SCWKMS_ERROR_INVALID_ARGUMENT; number <= SCWKMS_ERROR_INTERNAL; ++number) {
    CHECK(scwkms::error_category().message(number) != "unknown error", "%d", number);
  }
  CHECK(scwkms::error_category().message(9999) == "unknown error", "%s",
        scwkms::error_category().message(9999).c_str());
}

template <typename T>
static void compares(const T& one, const T& same, const T& other) {
  CHECK(one == same && !(one != same), "equal");
  CHECK(one != other && !(one == other), "different");
}

// Each member counts.
static void comparisons() {
  scwkms::Key key;
  key.id = "a";
  scwkms::Key other = key;
  other.is_locked = true;
  compares(key, scwkms::Key(key), other);
  other = key;
  other.rotation_period = std::chrono::hours(24);
  compares(key, scwkms::Key(key), other);
  compares(scwkms::Rotation{1, "enabled", "", "", "", true}, scwkms::Rotation{1, "enabled", "", "", "", true},
           scwkms::Rotation{1, "enabled", "", "", "", false});
  compares(scwkms::AlgorithmInfo{"a", "b", Algorithm::aes_256_gcm, true},
           scwkms::AlgorithmInfo{"a", "b", Algorithm::aes_256_gcm, true},
           scwkms::AlgorithmInfo{"a", "b", Algorithm::unspecified, true});
  scwkms::KeyUpdate update, unnamed;
  update.name = "a";
  compares(update, scwkms::KeyUpdate(update), unnamed);
  CHECK(Buffer() == Buffer() && scwkms::PublicKey() == scwkms::PublicKey(), "empty buffers");
}

static void errors_of_the_c_interface() {
  scwkms_error* raw = nullptr;
  CHECK(scwkms_validate_name("", &raw) == SCWKMS_ERROR_INVALID_ARGUMENT, "an empty name");
  const Error error(raw);
  CHECK(error.what() == std::string(scwkms_error_message(raw)) && error.what()[0] != '\0', "%s", error.what());
  CHECK(error.code() == ErrorCode::invalid_argument && error.http_status() == 0 && error.request_id().empty(), "%s",
        error.what());
  scwkms_error_free(raw);
}

static void names() {
  CHECK(scwkms::algorithm_name(Algorithm::ec_p384_sha384) == "ec_p384_sha384", "by number");
  CHECK(scwkms::algorithm_name(Algorithm::unspecified).empty(), "none");
  CHECK(scwkms::algorithm_name(static_cast<Algorithm>(9999)).empty(), "unknown to the library");
  CHECK(scwkms::version() == scwkms_version(), "version");
  CHECK(version_of_other_unit() == scwkms::version(), "a second unit");
}

int main() {
  views();
  texts();
  errors();
  error_codes();
  comparisons();
  errors_of_the_c_interface();
  names();
  return check_result();
}
