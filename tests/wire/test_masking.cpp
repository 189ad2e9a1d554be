// What a trace shows: passwords and responses never, everything else as it was.
#include <catch2/catch.hpp>
#include <string>

#include "lib/wire/messages.hpp"
#include "tests/wire/octets.hpp"

using namespace sshauth;

namespace {

template <class Message>
Octets payload(const Message& message) {
  Octets out(1024);
  Writer w(out);
  encode(w, message);
  out.resize(w.len());
  return out;
}

template <class Fields>
Octets request(std::string_view method, const Fields& fields) {
  const Octets rest = payload(fields);
  return payload(UserauthRequest{"alice", "ssh-connection", method, rest});
}

std::string masked(Octets in, bool outgoing = true) {
  const std::size_t len = in.size();
  mask_secrets(in, outgoing);
  REQUIRE(in.size() == len);
  return {in.begin(), in.end()};
}

bool shows(const std::string& text, const char* word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("a password is blanked, the user name is not") {
  const std::string text =
      masked(request("password", PasswordFields{true, "old-secret", "new-secret"}));
  CHECK_FALSE(shows(text, "secret"));
  CHECK_FALSE(shows(text, "old"));
  CHECK(shows(text, "alice"));
  CHECK(shows(text, "password"));
}

TEST_CASE("responses are blanked") {
  InfoResponse response;
  response.num_responses = 2;
  response.response[0] = as_bytes("secret-one");
  response.response[1] = as_bytes("secret-two");
  CHECK_FALSE(shows(masked(payload(response)), "secret"));
}

TEST_CASE("a method nobody knows may carry a secret: blanked") {
  CHECK_FALSE(
      shows(masked(request("custom@example.com", KbdintFields{"secret", "secret"})), "secret"));
}

TEST_CASE("what a host sends in its own method is blanked, what a server sends is not") {
  for (const int message : {60, 62, 66, 79}) {
    Octets own(20, 'S');
    own[0] = static_cast<std::uint8_t>(message);
    CHECK_FALSE(shows(masked(own), "S"));
    CHECK(shows(masked(own, false), "SSSSSSSSSSSSSSSSSSS"));
  }
  CHECK_FALSE(shows(masked(request("none", KbdintFields{"secret", "secret"})), "secret"));
  const Octets none = payload(UserauthRequest{"alice", "ssh-connection", "none", {}});
  CHECK(masked(none) == std::string(none.begin(), none.end()));
}

TEST_CASE("public things stay") {
  const Octets key =
      request("publickey", PublickeyFields{false, "ssh-ed25519", as_bytes("blob"), {}});
  CHECK(masked(key) == std::string(key.begin(), key.end()));
  const Octets hints = request("keyboard-interactive", KbdintFields{"", "pam"});
  CHECK(masked(hints) == std::string(hints.begin(), hints.end()));
  const Octets banner = payload(UserauthBanner{"welcome", ""});
  CHECK(masked(banner) == std::string(banner.begin(), banner.end()));
}

TEST_CASE("a request cut at any length shows no part of its password") {
  const Octets whole = request("password", PasswordFields{false, "SECRET", ""});
  for (std::size_t len = 0; len <= whole.size(); ++len) {
    Octets cut = whole;
    cut.resize(len);
    const std::string text = masked(cut);
    for (const char* part : {"S", "E", "C", "R", "T"}) REQUIRE_FALSE(shows(text, part));
  }
}

TEST_CASE("every message number has a name or is unknown") {
  CHECK(message_name(20) == std::string("SSH_MSG_KEXINIT"));
  CHECK(message_name(0) == std::string("unknown"));
  CHECK(message_name(255) == std::string("unknown"));
#define X(name, number, title, rfc, process, skip, senders, secret) \
  CHECK(message_name(number) == std::string(title));
#include "lib/wire/messages.def"
#undef X
}
