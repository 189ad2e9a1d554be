// LoginEvents: what the Client tells and asks, put to the host's callback.
#include "abi/hex.hpp"
#include "abi/object.hpp"
#include "abi/shown.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/trust/known_hosts.hpp"

namespace sshauth::abi {

namespace {

std::string to_hex(Bytes octets) {
  std::string out(octets.size() * 2, '\0');
  put_hex(out.data(), octets);
  return out;
}

// What is wrong with it; empty: nothing.
std::string_view packet_of(std::string_view text, Blob& out) {
  if (text.size() % 2 != 0) return "has an odd number of digits";
  out.reserve(text.size() / 2);  // growing would leave a copy of a password behind
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return "has an octet that is no hexadecimal digit";
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  // RFC 4250 §4.1.2: the numbers of authentication.
  return out.front() >= 50 && out.front() <= 79 ? "" : "begins with another number";
}

FingerprintKind kind_of(std::string_view hash) noexcept {
  if (hash == "MD5") return FingerprintKind::md5_hex;
  return hash == "SHA1" ? FingerprintKind::sha1_hex : FingerprintKind::sha256_hex;
}

// The slot's text is wiped when the event is over, whatever way.
struct OpenSlot {
  OutText& text;
  explicit OpenSlot(OutText& t) : text(t) {}
  OpenSlot(const OpenSlot&) = delete;
  OpenSlot& operator=(const OpenSlot&) = delete;
  ~OpenSlot() { text.close(); }
};

constexpr std::string_view kLogTypes[] = {"None", "Info", "Verbose", "Debug"};

}  // namespace

void LoginEvents::connected(int code, std::string_view text) {
  if (code == 0) object_.learn_address(proxied_);
  EventCall call(EID_SSHAUTH_CONNECTED, &object_.charset());
  object_.fire(call.number(code).text(shown_text(text)));
}

void LoginEvents::disconnected(int code, std::string_view text) {
  EventCall call(EID_SSHAUTH_DISCONNECTED, &object_.charset());
  object_.fire(call.number(code).text(shown_text(text)));
}

void LoginEvents::connection_status(std::string_view event, int code, std::string_view text) {
  if (event.starts_with("Firewall connection complete")) proxied_ = true;
  EventCall call(EID_SSHAUTH_CONNECTIONSTATUS, &object_.charset());
  object_.fire(call.text(event).number(code).text(shown_text(text)));
}

void LoginEvents::status(std::string_view sentence) {
  EventCall call(EID_SSHAUTH_SSHSTATUS, &object_.charset());
  object_.fire(call.text(shown_text(sentence)));
}

void LoginEvents::log(int level, std::string_view message) {
  if (level < 1 || level > 3 || level > object_.number(Slot::LogLevel)) return;
  EventCall call(EID_SSHAUTH_LOG, &object_.charset());
  object_.fire(call.number(level).text(shown_text(message)).text(kLogTypes[level]));
}

void LoginEvents::error(int code, std::string_view text) {
  EventCall call(EID_SSHAUTH_ERROR, &object_.charset());
  object_.fire(call.number(code).text(shown_text(text)));
}

HostKeyAnswer LoginEvents::host_key(const HostKeyQuestion& question) {
  EventCall call(EID_SSHAUTH_SSHSERVERAUTHENTICATION, &object_.charset());
  call.binary(question.blob)
      .text(fingerprint(question.blob, kind_of(object_.text(Slot::SSHFingerprintHashAlgorithm)),
                        object_.provider()))
      .text(question.algorithm)
      .text(shown_text(question.cert_subject))
      .text(shown_text(question.cert_issuer))
      .text(shown_text(question.decision.reason))
      .number(question.preset ? 1 : 0);
  if (!object_.fire(call)) return HostKeyAnswer::refuse;
  if (call.number_at(6) == 0) return HostKeyAnswer::refuse;
  remember(question);
  return HostKeyAnswer::accept;
}

// Only what nothing was known about: a key that differs from one on record must not stand beside
// it.
void LoginEvents::remember(const HostKeyQuestion& question) {
  const std::string path(object_.text(Slot::KnownHostsAdd));
  if (path.empty() || question.decision.verdict != HostKeyVerdict::unknown) return;
  KnownHosts there;  // the file need not be one of those in KnownHosts
  static_cast<void>(there.add_file(path));
  if (there.check(question.host, question.port, question.key).verdict != HostKeyVerdict::unknown)
    return;
  const KeyError error = append_known_host(path, question.host, question.port, question.key, false);
  if (!error.ok()) log(1, "KnownHostsAdd: the host key was not stored: " + error.text);
}

Answer LoginEvents::new_password(const NewPasswordQuestion&, SecretBytes& old_password,
                                 SecretBytes& new_password) {
  const std::string_view wanted = object_.text(Slot::NewPassword);
  if (wanted.empty()) return Answer::none;
  old_password = SecretBytes(as_bytes(object_.text(Slot::Password)));
  new_password = SecretBytes(as_bytes(wanted));
  return Answer::given;
}

bool LoginEvents::ask_one(const PromptRound& round, const Prompt& prompt, SecretBytes& response) {
  const OpenSlot slot(object_.out_text());
  EventCall call(EID_SSHAUTH_SSHKEYBOARDINTERACTIVE, &object_.charset());
  call.text(shown_text(round.name))
      .text(shown_text(round.instruction))
      .text(shown_text(prompt.text))
      .out_text(slot.text, as_text(response.reveal()))
      .number(prompt.echo ? 1 : 0);
  if (!object_.fire(call)) return false;
  std::string_view answer;
  if (!call.text_at(3, slot.text, answer)) {
    object_.stop(kBadArgument, "SSHKeyboardInteractive: the Response is too long for a packet");
    return false;
  }
  TextPtr given;
  if (const Refusal refusal = object_.take("SSHKeyboardInteractive: Response", answer, given);
      !refusal.ok()) {
    object_.stop(refusal.code, refusal.text);
    return false;
  }
  response = SecretBytes(as_bytes(given->view()));
  return true;
}

Answer LoginEvents::prompts(const PromptRound& round, std::vector<SecretBytes>& responses) {
  responses.resize(round.prompts.size());
  for (std::size_t i = 0; i < round.prompts.size(); ++i) {
    const bool answered = object_.has_sink() ? ask_one(round, round.prompts[i], responses[i])
                                             : round.prompts[i].filled;
    if (!answered) return Answer::none;
  }
  return Answer::given;
}

Answer LoginEvents::custom(Bytes packet, Blob& reply) {
  const OpenSlot slot(object_.out_text());
  const std::string before = to_hex(packet);
  EventCall call(EID_SSHAUTH_SSHCUSTOMAUTH, &object_.charset());
  if (!object_.fire(call.out_text(slot.text, before))) return Answer::none;
  std::string_view answer;
  const bool fits = call.text_at(0, slot.text, answer);
  TextPtr given;
  if (const Refusal refusal = object_.take("SSHCustomAuth: Packet", answer, given); !refusal.ok()) {
    object_.stop(refusal.code, refusal.text);
    return Answer::none;
  }
  answer = given->view();
  if (fits && (answer.empty() || answer == before)) return Answer::none;
  const std::string_view wrong =
      !fits ? "is longer than a packet can be" : packet_of(answer, reply);
  if (wrong.empty()) return Answer::given;
  object_.stop(
      kBadArgument,
      "SSHCustomAuth: Packet must be a message in hexadecimal that begins with its number, "
      "50 to 79 (\"32\" to \"4f\"); what was given " +
          std::string(wrong));
  return Answer::none;
}

}  // namespace sshauth::abi
