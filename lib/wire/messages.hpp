// The messages, as the RFCs' tables have them: a struct, a decoder and an encoder each.
//
// A decoder takes a whole payload, message number first, and must end exactly where the payload
// does. Views in the struct point into the payload. Encoders write a whole payload.
#pragma once

#include <array>

#include "lib/wire/reader.hpp"
#include "lib/wire/writer.hpp"

namespace sshauth {

enum class Msg : std::uint8_t {
#define X(name, number, title, rfc, process, skip, senders, secret) name = number,
#include "lib/wire/messages.def"
#undef X
};

constexpr std::uint8_t number(Msg msg) noexcept { return static_cast<std::uint8_t>(msg); }
// "SSH_MSG_KEXINIT", or "unknown".
const char* message_name(std::uint8_t number) noexcept;
// Overwrites with '*' what a log must not show (passwords, responses, what a method of the host's
// own says). Lengths stay. `outgoing`: the client's message.
void mask_secrets(MutBytes payload, bool outgoing) noexcept;
void blank(MutBytes octets) noexcept;

// RFC 4253 §11.1
struct Disconnect {
  std::uint32_t reason = 0;
  std::string_view text, language;
};
Errc decode(Bytes payload, Disconnect& out) noexcept;
void encode(Writer& w, const Disconnect& in) noexcept;

// RFC 4253 §11.2. OpenSSH and others send it without its string; nothing depends on the contents.
struct Ignore {
  Bytes data;
};
Errc decode(Bytes payload, Ignore& out) noexcept;
void encode(Writer& w, const Ignore& in) noexcept;

// RFC 4253 §11.4
struct Unimplemented {
  std::uint32_t seq = 0;
};
Errc decode(Bytes payload, Unimplemented& out) noexcept;
void encode(Writer& w, const Unimplemented& in) noexcept;

// RFC 4253 §11.3
struct Debug {
  bool always_display = false;
  std::string_view text, language;
};
Errc decode(Bytes payload, Debug& out) noexcept;
void encode(Writer& w, const Debug& in) noexcept;

// RFC 4253 §10
struct ServiceRequest {
  std::string_view service;
};
Errc decode(Bytes payload, ServiceRequest& out) noexcept;
void encode(Writer& w, const ServiceRequest& in) noexcept;
struct ServiceAccept {
  std::string_view service;
};
Errc decode(Bytes payload, ServiceAccept& out) noexcept;
void encode(Writer& w, const ServiceAccept& in) noexcept;

// RFC 8308 §2.3. Of the extensions only those that matter to authentication are kept; unknown ones
// are passed over (RFC 8308 §2.5).
struct ExtInfo {
  bool has_server_sig_algs = false;
  std::string_view server_sig_algs;  // RFC 8308 §3.1
  bool ping = false;                 // OpenSSH PROTOCOL 1.9: ping@openssh.com
};
inline constexpr std::uint32_t kMaxExtensions = 64;
Errc decode(Bytes payload, ExtInfo& out) noexcept;
void encode(Writer& w, const ExtInfo& in) noexcept;

// RFC 4253 §7.1
struct KexInit {
  enum List : std::uint8_t {
    kex,
    host_key,
    cipher_c2s,
    cipher_s2c,
    mac_c2s,
    mac_s2c,
    compression_c2s,
    compression_s2c,
    language_c2s,
    language_s2c,
    num_lists
  };
  Bytes cookie;
  std::array<std::string_view, num_lists> list;
  bool first_kex_packet_follows = false;
};
Errc decode(Bytes payload, KexInit& out) noexcept;
void encode(Writer& w, const KexInit& in) noexcept;

// RFC 4253 §7.3
struct NewKeys {};
Errc decode(Bytes payload, NewKeys& out) noexcept;
void encode(Writer& w, const NewKeys& in) noexcept;

// RFC 5656 §4 and RFC 8731 §3 send public values as strings, RFC 4253 §8 as mpints. Which number
// says what is the method's business (RFC 4250 §4.1.2), so the caller names it.
enum class ValueForm : std::uint8_t { string, mpint };
struct KexInitValue {
  Bytes value;
};
Errc decode(Bytes payload, KexInitValue& out, ValueForm form, Msg msg) noexcept;
void encode(Writer& w, const KexInitValue& in, ValueForm form, Msg msg) noexcept;
struct KexReply {
  Bytes host_key, value, signature;
};
Errc decode(Bytes payload, KexReply& out, ValueForm form, Msg msg) noexcept;
void encode(Writer& w, const KexReply& in, ValueForm form, Msg msg) noexcept;

// RFC 4419 §3; `old`: the form of drafts before it, which has `preferred` alone (§5). `least` and
// `most` are then what §3 allows at all.
struct GexRequest {
  std::uint32_t least = 0, preferred = 0, most = 0;
  bool old = false;
};
Errc decode(Bytes payload, GexRequest& out, Msg msg) noexcept;
void encode(Writer& w, const GexRequest& in, Msg msg) noexcept;
struct GexGroup {
  Bytes p, g;
};
Errc decode(Bytes payload, GexGroup& out, Msg msg) noexcept;
void encode(Writer& w, const GexGroup& in, Msg msg) noexcept;

// RFC 4252 §5; `rest` is the part that the method defines.
struct UserauthRequest {
  std::string_view user, service, method;
  Bytes rest;
};
Errc decode(Bytes payload, UserauthRequest& out) noexcept;
void encode(Writer& w, const UserauthRequest& in) noexcept;

// RFC 4252 §8, the rest of a password request
struct PasswordFields {
  bool change = false;
  std::string_view password, new_password;
};
Errc decode(Bytes rest, PasswordFields& out) noexcept;
void encode(Writer& w, const PasswordFields& in) noexcept;

// RFC 4252 §7, the rest of a publickey request
struct PublickeyFields {
  bool has_signature = false;
  std::string_view algorithm;
  Bytes key, signature;
};
Errc decode(Bytes rest, PublickeyFields& out) noexcept;
void encode(Writer& w, const PublickeyFields& in) noexcept;

// RFC 4256 §3.1, the rest of a keyboard-interactive request
struct KbdintFields {
  std::string_view language, submethods;
};
Errc decode(Bytes rest, KbdintFields& out) noexcept;
void encode(Writer& w, const KbdintFields& in) noexcept;

// RFC 4252 §5.1
struct UserauthFailure {
  std::string_view can_continue;
  bool partial_success = false;
};
Errc decode(Bytes payload, UserauthFailure& out) noexcept;
void encode(Writer& w, const UserauthFailure& in) noexcept;
struct UserauthSuccess {};
Errc decode(Bytes payload, UserauthSuccess& out) noexcept;
void encode(Writer& w, const UserauthSuccess& in) noexcept;

// RFC 4252 §5.4
struct UserauthBanner {
  std::string_view text, language;
};
Errc decode(Bytes payload, UserauthBanner& out) noexcept;
void encode(Writer& w, const UserauthBanner& in) noexcept;

// Number 60 means what the outstanding method says: RFC 4252 §7
struct PkOk {
  std::string_view algorithm;
  Bytes key;
};
Errc decode(Bytes payload, PkOk& out) noexcept;
void encode(Writer& w, const PkOk& in) noexcept;
// RFC 4252 §8
struct PasswdChangereq {
  std::string_view prompt, language;
};
Errc decode(Bytes payload, PasswdChangereq& out) noexcept;
void encode(Writer& w, const PasswdChangereq& in) noexcept;
// RFC 4256 §3.2
inline constexpr std::uint32_t kMaxPrompts = 64;
struct PromptField {
  std::string_view text;
  bool echo = false;
};
struct InfoRequest {
  std::string_view name, instruction, language;
  std::uint32_t num_prompts = 0;
  std::array<PromptField, kMaxPrompts> prompt;
};
Errc decode(Bytes payload, InfoRequest& out) noexcept;
void encode(Writer& w, const InfoRequest& in) noexcept;
// RFC 4256 §3.4
struct InfoResponse {
  std::uint32_t num_responses = 0;
  std::array<Bytes, kMaxPrompts> response;
};
Errc decode(Bytes payload, InfoResponse& out) noexcept;
void encode(Writer& w, const InfoResponse& in) noexcept;

// RFC 4462 §2.1: numbers 30 to 33 of key exchange by GSSAPI; the values as in other methods
struct KexGssInit {
  Bytes token, value;
};
Errc decode(Bytes payload, KexGssInit& out, ValueForm form) noexcept;
void encode(Writer& w, const KexGssInit& in, ValueForm form) noexcept;
struct KexGssContinue {
  Bytes token;
};
Errc decode(Bytes payload, KexGssContinue& out) noexcept;
void encode(Writer& w, const KexGssContinue& in) noexcept;
struct KexGssComplete {
  Bytes value, mic;
  bool has_token = false;
  Bytes token;
};
Errc decode(Bytes payload, KexGssComplete& out, ValueForm form) noexcept;
void encode(Writer& w, const KexGssComplete& in, ValueForm form) noexcept;
struct KexGssHostKey {
  Bytes host_key;
};
Errc decode(Bytes payload, KexGssHostKey& out) noexcept;
void encode(Writer& w, const KexGssHostKey& in) noexcept;

// RFC 4462 §3.2, the rest of a gssapi-with-mic request: mechanisms in DER
inline constexpr std::uint32_t kMaxGssMechanisms = 32;
struct GssFields {
  std::uint32_t num_mechanisms = 0;
  std::array<Bytes, kMaxGssMechanisms> mechanism;
};
Errc decode(Bytes rest, GssFields& out) noexcept;
void encode(Writer& w, const GssFields& in) noexcept;
// RFC 4462 §4, the rest of a gssapi-keyex request
struct GssKeyexFields {
  Bytes mic;
};
Errc decode(Bytes rest, GssKeyexFields& out) noexcept;
void encode(Writer& w, const GssKeyexFields& in) noexcept;
// RFC 4462 §3.3: number 60 of gssapi-with-mic
struct GssResponse {
  Bytes mechanism;
};
Errc decode(Bytes payload, GssResponse& out) noexcept;
void encode(Writer& w, const GssResponse& in) noexcept;
// RFC 4462 §3.4: number 61 of gssapi-with-mic, from either side
struct GssToken {
  Bytes token;
};
Errc decode(Bytes payload, GssToken& out) noexcept;
void encode(Writer& w, const GssToken& in) noexcept;
// RFC 4462 §3.5
struct GssMic {
  Bytes mic;
};
Errc decode(Bytes payload, GssMic& out) noexcept;
void encode(Writer& w, const GssMic& in) noexcept;
// RFC 4462 §3.6
struct GssComplete {};
Errc decode(Bytes payload, GssComplete& out) noexcept;
void encode(Writer& w, const GssComplete& in) noexcept;
// RFC 4462 §3.8, and §2.1 where it is number 34
struct GssError {
  std::uint32_t major = 0, minor = 0;
  std::string_view text, language;
};
Errc decode(Bytes payload, GssError& out, Msg msg) noexcept;
void encode(Writer& w, const GssError& in, Msg msg) noexcept;
// RFC 4462 §3.9
struct GssErrtok {
  Bytes token;
};
Errc decode(Bytes payload, GssErrtok& out) noexcept;
void encode(Writer& w, const GssErrtok& in) noexcept;

// RFC 4254 §4
struct GlobalRequest {
  std::string_view name;
  bool want_reply = false;
  Bytes rest;
};
Errc decode(Bytes payload, GlobalRequest& out) noexcept;
void encode(Writer& w, const GlobalRequest& in) noexcept;
struct RequestSuccess {
  Bytes rest;
};
Errc decode(Bytes payload, RequestSuccess& out) noexcept;
void encode(Writer& w, const RequestSuccess& in) noexcept;
struct RequestFailure {};
Errc decode(Bytes payload, RequestFailure& out) noexcept;
void encode(Writer& w, const RequestFailure& in) noexcept;

// OpenSSH PROTOCOL 1.9
struct Ping {
  Bytes data;
};
Errc decode(Bytes payload, Ping& out) noexcept;
void encode(Writer& w, const Ping& in) noexcept;
struct Pong {
  Bytes data;
};
Errc decode(Bytes payload, Pong& out) noexcept;
void encode(Writer& w, const Pong& in) noexcept;

}  // namespace sshauth
