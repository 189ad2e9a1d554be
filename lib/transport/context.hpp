// Context: what every part of one engine shares: its settings, the event being told, the question
// being asked, and the first failure.
//
// At most one event is in the slot; a question stays in it until it is answered. Whoever puts one
// there returns to the engine's loop at once, so nothing is opened past an open question; beside
// one that is put by, what the peer says in the meantime may be told.
#pragma once

#include "lib/base/text.hpp"
#include "lib/transport/settings.hpp"

namespace sshauth {

enum class Stage : std::uint32_t {
  identification = IPWORKSAUTH_STAGE_IDENTIFICATION,
  kex = IPWORKSAUTH_STAGE_KEX,
  service = IPWORKSAUTH_STAGE_SERVICE,
  auth = IPWORKSAUTH_STAGE_AUTH,
  open = IPWORKSAUTH_STAGE_OPEN,
  ended = IPWORKSAUTH_STAGE_ENDED,
};

using Sentence = FixedText<1536>;

inline ipworksauth_octets view(Bytes octets) noexcept { return {octets.data(), octets.size()}; }
inline ipworksauth_octets view(std::string_view text) noexcept { return view(as_bytes(text)); }

struct Failure {
  Errc code = Errc::ok;
  Stage stage = Stage::identification;
  std::uint32_t peer_reason = 0;
  Sentence text;
};

class Context {
 public:
  Settings settings;
  Stage stage = Stage::identification;
  // The next packet must not be read before the host has seen this event.
  ipworksauth_event event{};
  // The host has not seen it yet: an answer may tell something before next_event is called again.
  bool unseen = false;

  // ---- events
  ipworksauth_event& tell(std::uint32_t kind) noexcept {
    event = {};
    event.kind = kind;
    unseen = true;
    return event;
  }
  ipworksauth_event& ask(std::uint32_t kind) noexcept { return tell(kind); }
  bool has_event() const noexcept { return event.kind != IPWORKSAUTH_EVENT_NONE; }
  // Of the open question; that of what is told, if there is none.
  std::uint32_t asked() const noexcept { return put_by() ? put_by_.kind : event.kind; }
  bool asking() const noexcept { return asked() >= IPWORKSAUTH_EVENT_HOST_KEY; }
  bool asking(std::uint32_t kind) const noexcept { return asked() == kind; }
  void clear_event() noexcept {
    event = put_by_ = {};
    unseen = false;
  }
  // Empties the slot of what the host has seen. A question stays, or is put by where `beside`.
  void make_room(bool beside) noexcept {
    if (unseen) return;
    if (asking() && !put_by()) {
      if (!beside) return;
      put_by_ = event;
    }
    event = {};
  }
  // A question that was put by is in the slot again, in place of what was told beside it.
  void ask_again() noexcept {
    if (!put_by()) return;
    event = put_by_;
    put_by_ = {};
    unseen = false;
  }

  // ---- failure: the first wins and stays
  Errc fail(Errc code, std::string_view text = {}) noexcept {
    if (failure_.code != Errc::ok) return failure_.code;
    failure_.code = code;
    failure_.stage = stage;
    if (text.empty())
      failure_.text << error_row(code).text;
    else
      failure_.text << text;
    return code;
  }
  void set_peer_reason(std::uint32_t reason) noexcept { failure_.peer_reason = reason; }
  bool failed() const noexcept { return failure_.code != Errc::ok; }
  const Failure& failure() const noexcept { return failure_; }

 private:
  bool put_by() const noexcept { return put_by_.kind != IPWORKSAUTH_EVENT_NONE; }

  ipworksauth_event put_by_{};  // the open question, while the slot is for others
  Failure failure_;
};

}  // namespace sshauth
