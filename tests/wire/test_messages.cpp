// Every message: encodes and decodes back, refuses every cut and every octet too many. Generated
// from messages.def through the examples of message_samples.hpp.
#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "tests/wire/message_samples.hpp"
#include "tests/wire/octets.hpp"

using namespace sshauth;

namespace {

template <class Message, class... Form>
Octets encoded(const Message& message, Form... form) {
  Octets out(4096);
  Writer w(out);
  encode(w, message, form...);
  REQUIRE(w.ok());
  return copy(w.written());
}

// Fields that peers are known to leave out, so a cut there is a message too.
template <class Message>
bool may_end_at(const Octets& whole, std::size_t len) {
  const auto left = whole.size() - len;
  if constexpr (std::is_same_v<Message, Disconnect>) return left == 6 || left == 6 + 7;  // texts
  if constexpr (std::is_same_v<Message, UserauthBanner>) return left == 6;  // language tag
  if constexpr (std::is_same_v<Message, Ignore>) return len >= 1;  // the contents do not matter
  return false;
}

// These take whatever follows.
template <class Message>
constexpr bool kOpenEnd =
    std::is_same_v<Message, Ignore> || std::is_same_v<Message, UserauthRequest> ||
    std::is_same_v<Message, GlobalRequest> || std::is_same_v<Message, RequestSuccess>;

template <class Message, class... Form>
void check_message(const Message& message, Form... form) {
  const Octets whole = encoded(message, form...);
  Message back;
  REQUIRE(decode(whole, back, form...) == Errc::ok);
  if constexpr (!std::is_same_v<Message, Ignore>) CHECK(encoded(back, form...) == whole);

  for (std::size_t len = 0; len < whole.size(); ++len) {
    INFO("cut at " << len << " of " << whole.size());
    Message cut;
    const Errc got = decode(Bytes(whole).first(len), cut, form...);
    REQUIRE((got == Errc::ok) == may_end_at<Message>(whole, len));
  }
  Octets longer = whole;
  longer.push_back(0);
  Message more;
  CHECK((decode(longer, more, form...) == Errc::ok) == kOpenEnd<Message>);
}

// A payload whose number is another message's is no message of this kind.
template <class Message, class... Form>
void check_number(const Message& message, std::uint8_t number, Form... form) {
  Octets other = encoded(message, form...);
  if (other[0] != number) return;  // the rest of a userauth request has no number of its own
  other[0] = static_cast<std::uint8_t>(number + 1);
  Message out;
  CHECK(decode(other, out, form...) == Errc::malformed);
}

template <class Message, class... Form>
void check_room(const Message& message, Form... form) {
  const std::size_t need = encoded(message, form...).size();
  for (std::size_t room = 0; room < need; ++room) {
    Octets out(room);
    Writer w(out);
    encode(w, message, form...);
    REQUIRE_FALSE(w.ok());
  }
}

}  // namespace

#define X(name, number, title, rfc, process, skip, senders, secret)     \
  TEST_CASE(title ": whole, cut at every length, one octet too many") { \
    sample<Msg::name>([](const auto& message, auto... form) {           \
      check_message(message, form...);                                  \
      check_number(message, number, form...);                           \
      check_room(message, form...);                                     \
    });                                                                 \
  }
#include "lib/wire/messages.def"
#undef X

TEST_CASE("RFC 4253 §7.1: the fields of KEXINIT in their order") {
  sample<Msg::kexinit>([](const KexInit& in) {
    const Octets wire = encoded(in);
    CHECK(wire[0] == 20);
    CHECK(wire.size() == 1 + 16 + 10 * 5 + 1 + 4);
    CHECK(copy(Bytes(wire).subspan(1, 16)) == copy(kCookie));
    KexInit out;
    REQUIRE(decode(wire, out) == Errc::ok);
    CHECK(out.list[KexInit::kex] == "a");
    CHECK(out.list[KexInit::host_key] == "b");
    CHECK(out.list[KexInit::cipher_c2s] == "c");
    CHECK(out.list[KexInit::language_s2c] == "j");
    CHECK(out.first_kex_packet_follows);
  });
}

TEST_CASE("RFC 8308 §2.3: unknown extensions are passed over, their number is bounded") {
  const auto extensions = [](std::uint32_t told, std::uint32_t given) {
    Octets out(64 * 1024);
    Writer w(out);
    w.u8(7).u32(told);
    for (std::uint32_t i = 0; i < given; ++i)
      w.string(i == 3 ? "server-sig-algs" : "x").string("y");
    return copy(w.written());
  };
  ExtInfo out;
  const Octets five = extensions(5, 5);  // `out` points into it
  CHECK(decode(five, out) == Errc::ok);
  CHECK(out.server_sig_algs == "y");
  CHECK(decode(extensions(kMaxExtensions, kMaxExtensions), out) == Errc::ok);
  CHECK(decode(extensions(kMaxExtensions + 1, kMaxExtensions + 1), out) != Errc::ok);
  // CVE-2026-55199: a count without contents costs nothing.
  CHECK(decode(extensions(0xffffffff, 0), out) != Errc::ok);
  CHECK(decode(extensions(2, 1), out) == Errc::malformed);
  CHECK(decode(extensions(1, 2), out) == Errc::malformed);
}

TEST_CASE("RFC 4256 §3.2: the number of prompts and responses is bounded") {
  for (const std::uint32_t num : {kMaxPrompts, kMaxPrompts + 1, 0x80000000U, 0xffffffffU}) {
    Octets out(64 * 1024);
    Writer request(out);
    request.u8(60).string("").string("").string("").u32(num);
    for (std::uint32_t i = 0; i < num && i < 70; ++i) request.string("p").boolean(false);
    InfoRequest prompts;
    CHECK((decode(request.written(), prompts) == Errc::ok) == (num == kMaxPrompts));

    Writer response(out);
    response.u8(61).u32(num);
    for (std::uint32_t i = 0; i < num && i < 70; ++i) response.string("r");
    InfoResponse responses;
    CHECK((decode(response.written(), responses) == Errc::ok) == (num == kMaxPrompts));
  }
}

TEST_CASE("RFC 4256 §3.2: no prompts at all is a request too") {
  const Octets wire = encoded(InfoRequest{});
  InfoRequest out;
  CHECK(decode(wire, out) == Errc::ok);
  CHECK(out.num_prompts == 0);
}

TEST_CASE("RFC 4253 §8: a negative or padded value is no kex init") {
  for (const char* value : {"00000001 80", "00000002 0001", "00000001 00"}) {
    Octets wire = hex("1e");
    const Octets rest = hex(value);
    wire.insert(wire.end(), rest.begin(), rest.end());
    KexInitValue out;
    CHECK(decode(wire, out, ValueForm::mpint, Msg::kex_30) == Errc::malformed);
    CHECK(decode(wire, out, ValueForm::string, Msg::kex_30) == Errc::ok);
  }
}
