#include "tools/host_key_question.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "lib/crypto/providers.hpp"
#include "lib/keys/fingerprint.hpp"
#include "lib/trust/known_hosts.hpp"
#include "lib/trust/pinned.hpp"
#include "tools/terminal.hpp"

namespace sshauth::tool {
namespace {

constexpr int kMaxQuestions = 3;

void describe_key(const HostKeyQuestion& question) {
  tell("The host key of " + std::string(question.host) + " port " + std::to_string(question.port) +
       " is " + std::string(question.type) + " " +
       fingerprint(question.blob, FingerprintKind::sha256_base64, default_provider()));
  tell(question.decision.reason);
}

enum class Reply { yes, no, unclear };

// A fingerprint that was typed in came from somewhere else, so one that does not fit is a clear no.
Reply judge_fingerprint(std::string_view text, const HostKeyQuestion& question) {
  PinnedKeys typed;
  if (!typed.add_fingerprints(text).ok()) return Reply::unclear;
  if (typed.check(question.blob, default_provider()).accepted()) return Reply::yes;
  tell("That is not the fingerprint of this key.");
  return Reply::no;
}

Reply judge(std::string_view text, const HostKeyQuestion& question) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return Reply::no;
  text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  if (text == "yes") return Reply::yes;
  if (text == "no") return Reply::no;
  return judge_fingerprint(text, question);
}

bool confirmed(const HostKeyQuestion& question, const std::string& prompt) {
  for (int asked = 0; asked < kMaxQuestions; ++asked) {
    SecretBytes line;  // no secret, but what ask_line gives
    if (ask_line(asked == 0 ? prompt : "Please type yes, no or the fingerprint: ", true, line) !=
        Asked::answered)
      return false;
    const Reply reply = judge(as_text(line.reveal()), question);
    if (reply != Reply::unclear) return reply == Reply::yes;
  }
  return false;
}

bool folder_is_there(const KnownHostsStore& store) {
  const std::size_t slash = store.file.rfind('/');
  if (!store.make_folder || slash == std::string::npos || slash == 0) return true;
  const std::string folder = store.file.substr(0, slash);
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return true;
  tell("sshauth: the host key was not stored: " + folder +
       " cannot be made: " + std::system_category().message(errno));
  return false;
}

}  // namespace

HostKeyAnswer ask_host_key(const HostKeyQuestion& question, const KnownHostsStore& store) {
  describe_key(question);
  const HostKeyVerdict verdict = question.decision.verdict;
  const bool first = verdict == HostKeyVerdict::unknown || verdict == HostKeyVerdict::other_type;
  if (!first) return HostKeyAnswer::refuse;
  if (!has_terminal()) {
    tell("There is no terminal to ask on; --host-key or --known-hosts can name the right key.");
    return HostKeyAnswer::refuse;
  }
  if (!store.file.empty()) tell("A yes stores it in " + store.file + ".");
  return confirmed(question, "Is this the right key? [yes/no/fingerprint, default no] ")
             ? HostKeyAnswer::accept
             : HostKeyAnswer::refuse;
}

bool store_host_key(const HostKeyQuestion& question, const KnownHostsStore& store) {
  if (store.file.empty() || !folder_is_there(store)) return false;
  if (const KeyError e =
          append_known_host(store.file, question.host, question.port, question.key, store.hashed);
      !e.ok()) {
    tell("sshauth: the host key was not stored: " + e.text);
    return false;
  }
  tell("Stored in " + store.file + ".");
  return true;
}

}  // namespace sshauth::tool
