#include "abi/event.hpp"

#include <cassert>
#include <climits>
#include <cstddef>
#include <new>

namespace sshauth::abi {

namespace {

struct EventRow {
  int id;
  std::string_view name;
  std::size_t num_params;
};

constexpr EventRow kEvents[] = {
#define X(id, name, num_params, ...) {id, name, num_params},
#include "abi/events.def"
#undef X
};

const EventRow* event_row(int id) noexcept {
  for (const EventRow& row : kEvents)
    if (row.id == id) return &row;
  return nullptr;
}

// A value that travels in the pointer.
void* in_pointer(int value) noexcept {
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(value));
}

// Slots with an int or bool hold no more than this, or its negative; no memory is there.
constexpr std::uintptr_t kMaxNumber = 65535;

bool is_number(std::uintptr_t address) noexcept {
  return address <= kMaxNumber || address >= std::uintptr_t{0} - kMaxNumber;
}

constexpr std::uint64_t kOpen = 0x5353484f55545831;  // any number that chance does not write

}  // namespace

struct alignas(16) OutText::Block {
  std::uint64_t state;
  std::uint64_t spare;
  char text[kMaxOutText + 1];
};

void OutText::Free::operator()(Block* block) const noexcept { delete block; }

char* OutText::open(std::string_view initial) {
  if (block_ == nullptr) block_.reset(new Block{});
  const std::size_t len = initial.size() < kMaxOutText ? initial.size() : kMaxOutText;
  copy_bytes(static_cast<std::uint8_t*>(static_cast<void*>(block_->text)),
             as_bytes(initial.substr(0, len)));
  block_->text[len] = '\0';
  block_->state = kOpen;
  return block_->text;
}

void OutText::close() noexcept {
  if (block_ == nullptr) return;
  block_->state = 0;
  secure_wipe(block_->text, sizeof block_->text);
}

bool OutText::is_open(const void* slot) const noexcept {
  return block_ != nullptr && block_->state == kOpen && slot == block_->text;
}

std::string_view OutText::view() const noexcept {
  if (block_ == nullptr) return {};
  const void* end = std::memchr(block_->text, '\0', sizeof block_->text);
  const char* stop =
      end != nullptr ? static_cast<const char*>(end) : block_->text + kMaxOutText;  // overwritten
  return {block_->text, static_cast<std::size_t>(stop - block_->text)};
}

OutText::Block* OutText::block_of(void* slot) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(slot);
  if (is_number(address) || address % alignof(Block) != 0) return nullptr;
  static_assert(offsetof(Block, text) == kStateLen && alignof(Block) == kStateLen);
  void* block = static_cast<char*>(slot) - kStateLen;
  return static_cast<Block*>(block)->state == kOpen ? static_cast<Block*>(block) : nullptr;
}

void* OutText::access(void* slot, int id, const void* val, int opt) noexcept {
  Block* block = block_of(slot);
  if (block == nullptr || (opt != 0 && opt != 1)) return nullptr;
  if (id == 0) return slot;
  if (id != 1 && id != 2) return nullptr;
  const char* text = val != nullptr ? static_cast<const char*>(val) : "";
  const std::size_t len = strnlen(text, kMaxOutText + 1);
  if (len > kMaxOutText) return nullptr;
  std::memmove(block->text, text, len);  // `val` may be the slot itself
  block->text[len] = '\0';
  return slot;
}

void EventCall::add(void* value, int len) {
  assert(used_ < kMaxSlots - 1);
  param_[used_] = value;
  cbparam_[used_++] = len;
}

EventCall& EventCall::number(int value) {
  add(in_pointer(value), 0);
  return *this;
}

// Every text of an event has a state in front of it, as an out slot has, so that evtstr can tell
// them apart.
char* EventCall::keep(std::string_view value) {
  std::string with_state(OutText::kStateLen, '\0');
  with_state += value;
  kept_.push_back(make_text(with_state));
  return kept_.back()->data() + OutText::kStateLen;
}

EventCall& EventCall::text(std::string_view value) {
  add(keep(charset_ != nullptr ? charset_->encode_shown(value)->view() : value), 0);
  return *this;
}

EventCall& EventCall::binary(Bytes value) {
  const Bytes most = value.first(value.size() < INT_MAX ? value.size() : INT_MAX);
  add(keep(as_text(most)), static_cast<int>(most.size()));
  return *this;
}

EventCall& EventCall::out_text(OutText& text, std::string_view initial) {
  const TextPtr in_page = charset_ != nullptr ? charset_->encode(initial) : nullptr;
  shows_all_ = shows_all_ && (charset_ == nullptr || in_page != nullptr);
  if (!shows_all_)
    add(text.open({}), 0);
  else
    add(text.open(in_page != nullptr ? in_page->view() : initial), 0);
  return *this;
}

int EventCall::fire(ipworksauth_callback sink, void* context) {
  assert(event_row(id_) != nullptr && event_row(id_)->num_params == used_);
  if (sink == nullptr) return 0;
  return sink(context, id_, static_cast<int>(used_), param_.data(), cbparam_.data());
}

int EventCall::number_at(std::size_t i) const noexcept {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(param_[i]));
}

bool EventCall::text_at(std::size_t i, const OutText& text, std::string_view& out) const noexcept {
  out = {};
  if (param_[i] == nullptr) return true;
  if (text.is_open(param_[i])) {
    out = text.view();
    return true;
  }
  // The host put a pointer of its own there.
  const char* given = static_cast<const char*>(param_[i]);
  const std::size_t len = strnlen(given, kMaxOutText + 1);
  if (len > kMaxOutText) return false;
  out = {given, len};
  return true;
}

std::string_view event_name(int id) noexcept {
  const EventRow* row = event_row(id);
  return row != nullptr ? row->name : std::string_view("an event");
}

}  // namespace sshauth::abi
