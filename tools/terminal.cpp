#include "tools/terminal.hpp"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "lib/base/secret.hpp"

namespace sshauth::tool {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};

volatile sig_atomic_t caught[65];

void note_signal(int number) {
  if (number > 0 && number < 65) caught[number] = 1;
}

// Signals that would end or stop the process wait until the terminal is itself again: they are
// blocked but for the moment of waiting for input, so none can fall between two steps.
class HeldSignals {
 public:
  HeldSignals() {
    struct sigaction note = {};
    note.sa_handler = note_signal;
    sigemptyset(&note.sa_mask);
    sigset_t held;
    sigemptyset(&held);
    for (const int number : kSignals) sigaddset(&held, number);
    pthread_sigmask(SIG_BLOCK, &held, &outside_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      caught[kSignals[i]] = 0;
      sigaction(kSignals[i], nullptr, &before_[i]);
      // What whoever started us ignores, stays ignored.
      if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &note, nullptr);
    }
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
    pthread_sigmask(SIG_SETMASK, &outside_, nullptr);
  }
  // True when stdin has something (or has ended), false when a signal came.
  bool wait_for_input() const {
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    return ppoll(&input, 1, nullptr, &outside_) >= 0;
  }

 private:
  sigset_t outside_{};
  std::array<struct sigaction, kSignals.size()> before_{};
};

// Without echo as long as this lives.
class Quiet {
 public:
  explicit Quiet(bool quiet) : quiet_(quiet && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!quiet_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    if (quiet_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool quiet_;
};

void write_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

enum class Line { whole, ended, interrupted };

// Octet by octet, so that nothing after the line is taken and no stdio buffer keeps a secret.
Line read_line(SecretBytes& out, const HeldSignals* held) {
  Secret<8192> line;
  std::size_t len = 0;
  for (bool any = false;;) {
    char c = 0;
    if (held != nullptr && !held->wait_for_input()) return Line::interrupted;
    const ssize_t n = read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 && !any) return Line::ended;
    if (n <= 0 || c == '\n') break;
    any = true;
    if (len == line.write().size()) return Line::ended;  // longer than anything a person types
    line.write()[len++] = static_cast<std::uint8_t>(c);
  }
  if (len != 0 && line.write()[len - 1] == '\r') --len;
  line.set_len(len);
  out = SecretBytes(line.reveal());
  return Line::whole;
}

// Gives each held signal its own effect now; false when one of them only stopped us for a while.
bool deliver_held() {
  bool again = false;
  for (const int number : kSignals) {
    if (!caught[number]) continue;
    again = again || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
    kill(getpid(), number);
  }
  return again;
}

Line ask_once(std::string_view prompt, bool echo, SecretBytes& out) {
  const HeldSignals held;
  const Quiet quiet(!echo);
  write_stderr(prompt);
  const Line line = read_line(out, &held);
  if (!echo) write_stderr("\n");
  return line;
}

// Length of the UTF-8 sequence at the start of `text`, 0 when there is no valid one
// (RFC 3629 §4, overlong forms and surrogates excluded).
std::size_t utf8_len(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead < 0xF0 || lead > 0xF4) return 0;
  const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
  return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
}

// C1 controls, and the marks that turn the direction of text round: both can disguise a line.
bool disguises(std::string_view sequence) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 2) return at(0) == 0xC2 && at(1) < 0xA0;
  if (sequence.size() != 3 || at(0) != 0xE2) return false;
  return (at(1) == 0x80 && (at(2) >= 0xA8 && at(2) <= 0xAE)) ||
         (at(1) == 0x81 && (at(2) >= 0xA6 && at(2) <= 0xA9));
}

}  // namespace

std::string readable(std::string_view text, bool lines, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= most) return out + "...";
    std::size_t len = utf8_len(text);
    const auto lead = static_cast<unsigned char>(text.front());
    const bool keep = lines && lead == '\n';
    const bool drop = lines && lead == '\r';
    const bool bad = len == 0 || lead < 0x20 || lead == 0x7F || disguises(text.substr(0, len));
    if (len == 0) len = 1;
    if (!drop) out += bad && !keep ? std::string_view("?") : text.substr(0, len);
    text.remove_prefix(len);
  }
  return out;
}

bool has_terminal() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

Asked ask_line(std::string_view prompt, bool echo, SecretBytes& out) {
  if (!has_terminal()) return Asked::impossible;
  for (;;) {
    const Line line = ask_once(prompt, echo, out);
    if (line == Line::whole) return Asked::answered;
    if (line == Line::ended || !deliver_held()) return Asked::ended;
  }
}

bool read_stdin_line(SecretBytes& out) { return read_line(out, nullptr) == Line::whole; }

bool take_env(const std::string& name, SecretBytes& out) {
  char* value = getenv(name.c_str());
  if (value == nullptr) return false;
  out = SecretBytes(as_bytes(value));
  secure_wipe(value, std::strlen(value));  // gone from /proc/PID/environ as well
  unsetenv(name.c_str());
  return true;
}

void tell(std::string_view line) { write_stderr(readable(line) + "\n"); }

}  // namespace sshauth::tool
