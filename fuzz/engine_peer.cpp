#include "fuzz/engine_peer.hpp"

#include <array>

#include "fuzz/null_provider.hpp"
#include "lib/wire/messages.hpp"

namespace sshauth {
namespace {

template <class Message, class... Form>
Octets encoded(const Message& message, Form... form) {
  Octets out(8192);
  Writer w(out);
  encode(w, message, form...);
  out.resize(w.ok() ? w.len() : 0);
  return out;
}

template <class Write>
Octets written(Write write) {
  Octets out(2048);
  Writer w(out);
  write(w);
  out.resize(w.ok() ? w.len() : 0);
  return out;
}

constexpr std::string_view kKexes[] = {"curve25519-sha256", "ecdh-sha2-nistp256",
                                       "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256"};
constexpr std::string_view kGroupExchange = "diffie-hellman-group-exchange-sha256";
constexpr std::string_view kCiphers[] = {"chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com",
                                         "aes128-ctr", "aes256-ctr"};
constexpr std::string_view kMacs[] = {"hmac-sha2-256-etm@openssh.com", "hmac-sha2-512",
                                      "hmac-sha2-256", "hmac-sha2-512-etm@openssh.com"};
constexpr std::string_view kMethods[] = {"password",
                                         "publickey",
                                         "keyboard-interactive",
                                         "publickey,password,keyboard-interactive",
                                         "none",
                                         "hostbased",
                                         "",
                                         "password,,publickey,"};

// variant: bits 0-1 kex, 2-3 cipher, 4-5 MAC, 6 guess follows, 7 without the markers.
Octets kexinit(std::uint8_t variant, bool server) {
  static constexpr std::uint8_t kCookie[16] = {1, 2, 3};
  // A cipher with a MAC of its own leaves the bits of the MAC without a use.
  const bool in_group = (variant & 0x3f) == 0x32;
  std::string kex(in_group ? kGroupExchange : kKexes[variant & 3]);
  if ((variant & 0x80) == 0)
    kex += server ? ",ext-info-s,kex-strict-s-v00@openssh.com"
                  : ",ext-info-c,kex-strict-c-v00@openssh.com";
  const std::string_view cipher = kCiphers[variant >> 2 & 3], mac = kMacs[variant >> 4 & 3];
  KexInit m;
  m.cookie = kCookie;
  m.list = {kex,    "ssh-ed25519,rsa-sha2-512", cipher, cipher, mac, mac,
            "none", "none,zlib@openssh.com",    "",     ""};
  m.first_kex_packet_follows = (variant & 0x40) != 0;
  return encoded(m);
}

// A value that the null provider takes for the method.
Octets value_for(std::string_view kex, std::uint8_t variant) {
  std::size_t len = 32;
  std::uint8_t first = 9;
  if (kex == "ecdh-sha2-nistp256") len = 65, first = 4;
  if (kex == "ecdh-sha2-nistp384") len = 97, first = 4;
  if (kex == "ecdh-sha2-nistp521") len = 133, first = 4;
  if (kex == kGroupExchange)
    len = 64, first = 1;
  else if (kex.substr(0, 5) == "diffi")
    len = kex.find("group16") != std::string_view::npos ? 512 : 256, first = 1;
  Octets value(len, 7);
  value[0] = first;
  if (variant == 1) value.assign(len, 0);  // refused by every method
  if (variant == 2) value.pop_back();
  return value;
}
ValueForm form_of(std::string_view kex) {
  return kex.substr(0, 5) == "diffi" ? ValueForm::mpint : ValueForm::string;
}

// variant: what is wrong with the group.
Octets group(unsigned variant) {
  Octets p(variant == 1 ? 255 : variant == 2 ? 1025 : 384, 0xff);
  Octets g = {2};
  if (variant == 3) p.back() = 0xfe;
  if (variant == 4) p.back() = kNullComposite;
  if (variant == 5) p.back() = kNullNotSafe;
  if (variant == 6) g = {1};
  if (variant == 7) g = p;
  return encoded(GexGroup{p, g}, Msg::kex_31);
}
Octets group_request(unsigned variant) {
  constexpr GexRequest kRequests[] = {{2048, 3072, 8192, false},
                                      {1024, 2048, 8192, true},
                                      {1024, 1024, 1024, false},
                                      {8192, 4096, 2048, false}};
  const GexRequest& request = kRequests[variant & 3];
  return encoded(request, request.old ? Msg::kex_30 : Msg::kex_34);
}

Octets kex_reply(std::uint8_t variant, const PeerView& view) {
  const bool rsa = view.host_key_algorithm.substr(0, 3) == "rsa";
  const Octets key = rsa ? rsa_blob() : ed25519_blob(static_cast<std::uint8_t>(variant >> 4));
  Octets signature = signature_blob(view.host_key_algorithm);
  if ((variant & 15) == 3) signature.back() = 0xff;
  const Octets value = value_for(view.kex, variant & 15);
  const Msg msg = view.kex == kGroupExchange ? Msg::kex_33 : Msg::kex_31;
  return encoded(KexReply{key, value, signature}, form_of(view.kex), msg);
}

Octets kex_init(std::uint8_t variant, const PeerView& view) {
  const Msg msg = view.kex == kGroupExchange ? Msg::kex_32 : Msg::kex_30;
  return encoded(KexInitValue{value_for(view.kex, variant & 0x3f)}, form_of(view.kex), msg);
}

Octets userauth_request(std::uint8_t variant) {
  const Octets blob = ed25519_blob(2), signature = signature_blob("ssh-ed25519");
  constexpr std::string_view kNames[] = {"none",           "password",  "password",
                                         "publickey",      "publickey", "keyboard-interactive",
                                         "odd@example.com"};
  const unsigned kind = variant % std::size(kNames);
  const Octets rest = written([&](Writer& w) {
    if (kind == 1) encode(w, PasswordFields{false, "secret", ""});
    if (kind == 2) encode(w, PasswordFields{true, "secret", "newer"});
    if (kind == 3) encode(w, PublickeyFields{false, "ssh-ed25519", blob, {}});
    if (kind == 4) encode(w, PublickeyFields{true, "ssh-ed25519", blob, signature});
    if (kind == 5) encode(w, KbdintFields{"", "pam"});
  });
  const std::string_view user = (variant & 0x80) != 0 ? "mallory" : "alice";
  return encoded(UserauthRequest{user, "ssh-connection", kNames[kind], rest});
}

// PK_OK echoes the algorithm and key of the request it answers.
Octets pk_ok(std::uint8_t variant, const PeerView& view) {
  UserauthRequest request;
  PublickeyFields fields;
  const bool asked = variant != 1 && decode(view.last, request) == Errc::ok &&
                     request.method == "publickey" && decode(request.rest, fields) == Errc::ok;
  if (asked) return encoded(PkOk{fields.algorithm, fields.key});
  return encoded(PkOk{"ssh-ed25519", ed25519_blob(9)});
}

Octets info_request(std::uint8_t variant) {
  InfoRequest m;
  m.name = "name";
  m.instruction = "instruction";
  m.num_prompts = variant % 5;
  for (std::uint32_t i = 0; i < m.num_prompts; ++i) m.prompt[i] = {"Password: ", i % 2 == 1};
  return encoded(m);
}

Octets info_response(std::uint8_t variant) {
  InfoResponse m;
  m.num_responses = variant % 5;
  for (std::uint32_t i = 0; i < m.num_responses; ++i) m.response[i] = as_bytes("answer");
  return encoded(m);
}

Octets ext_info(std::uint8_t variant) {
  return encoded(ExtInfo{true, (variant & 1) != 0 ? "ssh-ed25519,rsa-sha2-256" : "", true});
}

}  // namespace

Octets ed25519_blob(std::uint8_t fill) {
  return written([&](Writer& w) { w.string("ssh-ed25519").string(Octets(32, fill)); });
}

Octets rsa_blob() {
  Octets modulus(256, 0xa5);
  return written(
      [&](Writer& w) { w.string("ssh-rsa").mpint(as_bytes("\x01\x01")).mpint(modulus); });
}

Octets signature_blob(std::string_view algorithm) {
  const std::size_t len = algorithm.find("rsa") != std::string_view::npos ? 256 : 64;
  return written([&](Writer& w) { w.string(algorithm).string(Octets(len, 1)); });
}

std::string identification_line(std::uint8_t variant, bool server) {
  switch (variant % 6) {
    case 0: return "SSH-2.0-Fuzz_1.0\r\n";
    case 1: return server ? "Welcome\r\nSSH-1.99-Cisco-1.25\n" : "SSH-1.99-Old\r\n";
    case 2: return "SSH-2.0-OpenSSH_7.4\r\n";
    case 3: return "SSH-2.0--\r\n";
    case 4: return "SSH-2.0-OpenSSH_6.6 x\r\n";
    default: return "SSH-1.5-old\r\n";
  }
}

Octets saying(unsigned which, std::uint8_t variant, const PeerView& view) {
  switch (which % kNumSayings) {
    case 0: return {};
    case 1: return kexinit(variant, view.we_are_server);
    case 2:
      if (view.kex == kGroupExchange && (variant & 0x40) == 0) return group(variant & 7);
      return kex_reply(variant, view);
    case 3:
      if (view.kex == kGroupExchange && (variant & 0x40) == 0) return group_request(variant);
      return kex_init(variant, view);
    case 4: return encoded(NewKeys{});
    case 5: return ext_info(variant);
    case 6: return encoded(ServiceAccept{variant == 1 ? "ssh-connection" : "ssh-userauth"});
    case 7: return encoded(ServiceRequest{variant == 1 ? "ssh-connection" : "ssh-userauth"});
    case 8: return userauth_request(variant);
    case 9:
      return encoded(
          UserauthFailure{kMethods[variant % std::size(kMethods)], (variant & 0x80) != 0});
    case 10: return encoded(UserauthSuccess{});
    case 11: return encoded(UserauthBanner{"Hello\r\n\x1b[31m", ""});
    case 12: return pk_ok(variant, view);
    case 13: return encoded(PasswdChangereq{"New password", ""});
    case 14: return info_request(variant);
    case 15: return info_response(variant);
    case 16: return encoded(Disconnect{variant, "go away", ""});
    case 17: return encoded(Ignore{as_bytes("chaff")});
    case 18: return encoded(Debug{(variant & 1) != 0, "note", ""});
    case 19: return encoded(Unimplemented{variant});
    case 20: return encoded(GlobalRequest{"keepalive@openssh.com", (variant & 1) != 0, {}});
    case 21: return encoded(RequestFailure{});
    case 22: return encoded(Ping{as_bytes("ping")});
    case 23: return encoded(Pong{as_bytes("pong")});
    case 24: return encoded(RequestSuccess{});
    default: return {variant};  // a bare number
  }
}

std::vector<Octets> honest_answer(std::uint8_t variant, const PeerView& view) {
  using Payloads = std::vector<Octets>;
  const auto say = [&](unsigned which) { return saying(which, variant, view); };
  const bool in_group = view.kex == kGroupExchange;
  switch (view.last.empty() ? 0 : view.last[0]) {
    case 20: return view.we_are_server ? Payloads{say(1)} : Payloads{say(1), say(3)};
    case 34: return {group(0)};
    case 30:
      if (in_group) return {group(0)};
      [[fallthrough]];
    case 32: return {kex_reply(0, view), say(4)};
    case 31:
      if (in_group) return {kex_init(0, view)};
      [[fallthrough]];
    case 33: return {say(4), encoded(ServiceRequest{"ssh-userauth"})};
    case 7:  // a server sends it right behind its NEWKEYS
    case 21: return view.we_are_server ? Payloads{} : Payloads{say(4), say(7)};
    case 5: return {encoded(ServiceAccept{"ssh-userauth"})};
    case 6:
    case 51: return {say(8)};
    case 50: return {say(9 + variant % 6)};
    case 60: return {say(variant % 2 == 0 ? 15 : 8)};
    case 61: return {say(variant % 2 == 0 ? 10 : 14)};
    case 80: return {say(21)};
    case 192: return {say(23)};
    default: return {};
  }
}

}  // namespace sshauth
