// Events as the host's callback gets them: parameters in slots of a pointer array (sshauth.h says
// how each type travels).
//
// EventCall owns copies of everything it points to, so the callback may do with the object what it
// likes. OutText is the text behind an out slot; one block for the object's whole life, so a handle
// that a host kept too long is refused rather than followed into freed memory.
#pragma once

#include <array>
#include <vector>

#include "abi/charset.hpp"
#include "abi/text.hpp"
#include "ipworksauth/sshauth.h"

namespace sshauth::abi {

// A packet in hexadecimal is the longest thing a host can answer (RFC 4253 §6.1: 35,000 octets).
inline constexpr std::size_t kMaxOutText = 70000;

class OutText {
 public:
  OutText() = default;
  OutText(const OutText&) = delete;
  OutText& operator=(const OutText&) = delete;
  ~OutText() { close(); }

  // The slot: a pointer to the present text.
  char* open(std::string_view initial);
  // From here on evtstr refuses the slot; its text is wiped.
  void close() noexcept;
  bool is_open(const void* slot) const noexcept;
  // The present text.
  std::string_view view() const noexcept;

  // What ipworksauth_evtstr does.
  static void* access(void* slot, int id, const void* val, int opt) noexcept;

  // Octets in front of the text of every slot of an event.
  static constexpr std::size_t kStateLen = 16;

 private:
  struct Block;
  static Block* block_of(void* slot) noexcept;
  struct Free {
    void operator()(Block* block) const noexcept;
  };
  std::unique_ptr<Block, Free> block_;
};

class EventCall {
 public:
  // Texts go out in the page of `charset`; null: in UTF-8.
  explicit EventCall(int id, const Charset* charset = nullptr)
      : id_(id), charset_(charset != nullptr && !charset->is_utf8() ? charset : nullptr) {}
  EventCall(const EventCall&) = delete;
  EventCall& operator=(const EventCall&) = delete;

  EventCall& number(int value);
  EventCall& text(std::string_view value);  // '?' for what the page lacks
  EventCall& binary(Bytes value);
  EventCall& out_text(OutText& text, std::string_view initial);
  // False: an out text's initial value has a character that the page lacks, so the host cannot be
  // asked.
  bool can_be_shown() const noexcept { return shows_all_; }

  int id() const noexcept { return id_; }
  // What the callback returned; 0 without one.
  int fire(ipworksauth_callback sink, void* context);

  // What a slot holds after fire.
  int number_at(std::size_t i) const noexcept;
  // False: it is longer than kMaxOutText. `text` is the slot's, still open.
  [[nodiscard]] bool text_at(std::size_t i, const OutText& text,
                             std::string_view& out) const noexcept;

 private:
  static constexpr std::size_t kMaxSlots = 8;
  void add(void* value, int len);
  char* keep(std::string_view value);

  int id_;
  const Charset* charset_;
  bool shows_all_ = true;
  std::size_t used_ = 0;
  std::array<void*, kMaxSlots> param_{};
  std::array<int, kMaxSlots> cbparam_{};
  std::vector<TextPtr> kept_;
};

// "Connected", for sentences; "event N" for an id that has no row.
std::string_view event_name(int id) noexcept;

}  // namespace sshauth::abi
