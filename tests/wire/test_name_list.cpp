// RFC 4251 §5 name-lists.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lib/wire/name_list.hpp"

using namespace sshauth;

namespace {

std::vector<std::string> names(std::string_view list) {
  std::vector<std::string> out;
  for (std::string_view name; next_name(list, name);) out.emplace_back(name);
  return out;
}

}  // namespace

TEST_CASE("names come in order") {
  CHECK(names("").empty());
  CHECK(names("zlib") == std::vector<std::string>{"zlib"});
  CHECK(names("zlib,none") == std::vector<std::string>{"zlib", "none"});
  CHECK(count_names("a,b,c") == 3);
  CHECK(first_name("zlib,none") == "zlib");
  CHECK(first_name("").empty());
}

TEST_CASE("stray commas make no names") {
  CHECK(names(",") == std::vector<std::string>{});
  CHECK(names("a,") == std::vector<std::string>{"a"});
  CHECK(names(",,a,,b,,") == std::vector<std::string>{"a", "b"});
  CHECK(first_name(",,a") == "a");
  CHECK(count_names(",,a,,b,,") == 2);
}

TEST_CASE("a list in the making holds what fits whole, and says when something did not") {
  std::uint8_t room[9];
  NameList exact{MutBytes(room)};
  exact.add("zlib");
  exact.add("none");
  CHECK(exact.fits());
  CHECK(exact.view() == "zlib,none");
  NameList over{MutBytes(room)};
  over.add("zlib");
  over.add("nones");
  CHECK_FALSE(over.fits());
  CHECK(over.view() == "zlib");
  over.add("a");  // what came behind a gap would be another list
  CHECK(over.view() == "zlib");
  NameList none{MutBytes{}};
  CHECK(none.fits());
  CHECK(none.view().empty());
  none.add("a");
  CHECK_FALSE(none.fits());
}

TEST_CASE("a name is in a list only whole") {
  constexpr std::string_view list = "ssh-rsa,rsa-sha2-256,ecdsa-sha2-nistp256";
  CHECK(list_contains(list, "rsa-sha2-256"));
  CHECK_FALSE(list_contains(list, "rsa"));
  CHECK_FALSE(list_contains(list, "rsa-sha2-25"));
  CHECK_FALSE(list_contains(list, "ssh-rsa,rsa-sha2-256"));
  CHECK_FALSE(list_contains(list, ""));
  CHECK_FALSE(list_contains("", "a"));
}

TEST_CASE("RFC 4251 §6: names are printable US-ASCII") {
  CHECK(is_name_list("curve25519-sha256@libssh.org,none"));
  CHECK(is_name_list(""));
  for (const char* bad : {"a b", "a\tb", "a\x7f", "\xc3\xa9", "\x01", ",", "a,", ",a", "a,,b"})
    CHECK_FALSE(is_name_list(bad));
  CHECK_FALSE(is_name_list(std::string_view("a\0b", 3)));
}
