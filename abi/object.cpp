#include "abi/object.hpp"

#include <charconv>

#include "lib/crypto/openssl/library.hpp"

namespace sshauth::abi {

namespace {

constexpr std::size_t kMaxValue = 1 << 20;
constexpr std::size_t kMaxConfig = kMaxValue + 1024;
constexpr std::size_t kMaxIndexed = 256;

Refusal too_long(const SlotRow& row) {
  return {kBadArgument, std::string(row.name) +
                            ": the value is longer than 1,048,576 octets, which is the limit"};
}

// The sentences of the reference's codes name the property; those of others do not.
Refusal refuse_busy(const SlotRow& row) {
  Refusal refusal(row.busy);
  if (!refusal.text.starts_with(row.name))
    refusal.text = std::string(row.name) + ": " + refusal.text + "; a login runs";
  return refusal;
}

std::string_view trimmed_name(std::string_view name) noexcept {
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  return name;
}

Refusal unknown_setting(std::string_view name) {
  const std::string named = "Config: \"" + std::string(name.substr(0, 60)) + "\"";
  if (is_property_only(name))
    return {kBadArgument, named + " is a property, not a setting; use its get and set functions"};
  return {kBadArgument, named + " is no setting; the names are listed in the manual"};
}

}  // namespace

void LastError::set(int code, std::string_view text, const Charset& charset) noexcept {
  code_ = code;
  try {
    text_ = std::string(text);  // a copy first: `text` may be the present one
    shown_ = charset.is_utf8() ? nullptr : charset.encode_shown(this->text());
  } catch (...) {
    text_.clear();
    shown_.reset();
  }
}

const char* LastError::text() const noexcept {
  if (code_ == 0) return "";
  if (!text_.empty()) return text_.c_str();
  const std::string_view general = error_row_text(code_);
  return general.empty() ? "" : general.data();
}

const char* LastError::shown() const noexcept {
  return code_ != 0 && shown_ != nullptr ? shown_->data() : text();
}

Object::Object(ipworksauth_callback sink, void* context) : sink_(sink), context_(context) {
  for (std::size_t i = 0; i < kNumSlots; ++i) values_[i] = initial_value(static_cast<Slot>(i));
}

Object::~Object() { magic_ = 0; }

Object* Object::from(void* handle) noexcept {
  if (handle == nullptr || reinterpret_cast<std::uintptr_t>(handle) % alignof(Object) != 0)
    return nullptr;
  Object* object = static_cast<Object*>(handle);
  return object->magic_ == kMagic ? object : nullptr;
}

const Provider& Object::provider() const noexcept {
  if (openssl::library() != nullptr) return fips_provider();
  return flag(Slot::UseInternalSecurityAPI) ? default_provider() : openssl_provider();
}

// ---- values ----

Refusal Object::assign(Slot slot, Value value) {
  const SlotRow& row = row_of(slot);
  if (row.kind == Kind::fact) return {kBadArgument, std::string(row.name) + " is read-only"};
  if (row.busy > kNext && client_.busy()) return refuse_busy(row);
  const bool numeric = row.kind == Kind::boolean || row.kind == Kind::integer;
  if (row.kind == Kind::boolean) value.number = value.number != 0 ? 1 : 0;
  if (!numeric && value.text->size() > kMaxValue) return too_long(row);
  if (numeric && row.on_set == nullptr)
    if (Refusal refusal = check_range(row, value.number); !refusal.ok()) return refusal;
  if (!row.needs.empty()) {
    const Value initial = initial_value(slot);
    const bool same =
        numeric ? value.number == initial.number : value.text->view() == initial.text->view();
    if (!same) return {kUnavailable, std::string(row.name) + ": " + std::string(row.needs)};
  }
  if (row.on_set != nullptr)
    if (Refusal refusal = row.on_set(*this, slot, value); !refusal.ok()) return refusal;
  values_[index_of(slot)] = std::move(value);
  return {};
}

Refusal Object::assign_text(Slot slot, std::string_view text) {
  const SlotRow& row = row_of(slot);
  if (text.size() > kMaxValue) return too_long(row);
  if (row.kind == Kind::binary) return assign(slot, {make_text(text), 0});
  Value value;
  if (Refusal refusal = take(row.name, text, value.text); !refusal.ok()) return refusal;
  return assign(slot, std::move(value));
}

Refusal Object::read(Slot slot, Value& out) {
  const SlotRow& row = row_of(slot);
  out = values_[index_of(slot)];
  return row.on_get != nullptr ? row.on_get(*this, slot, out) : Refusal();
}

Refusal Object::read_property(Slot slot, Value& out) {
  Refusal refusal = read(slot, out);
  if (refusal.ok() && row_of(slot).kind == Kind::text)
    refusal = give_slot(row_of(slot), TextPtr(out.text), out.text);
  if (refusal.ok()) property_given_[index_of(slot)] = out.text;
  return refusal;
}

// ---- the code page ----

Refusal Object::take(std::string_view what, std::string_view in_page, TextPtr& out) const {
  out = charset_.is_utf8() ? make_text(in_page) : charset_.decode(in_page);
  if (out != nullptr) return {};
  return {kCannotConvert, std::string(what) + ": the text is not one in code page " +
                              std::to_string(charset_.page())};
}

Refusal Object::give(std::string_view what, const TextPtr& text, TextPtr& out) const {
  out = charset_.is_utf8() ? text : charset_.encode(text->view());
  if (out != nullptr) return {};
  return {kCannotConvert, std::string(what) + ": code page " + std::to_string(charset_.page()) +
                              " lacks a character of the text; 65001 (UTF-8) has them all"};
}

Refusal Object::version(TextPtr& out) {
  Refusal refusal = give("VERSION", make_text("ipworksauth " IPWORKSAUTH_VERSION), out);
  version_given_ = out;
  return refusal;
}

// What was found out, unlike what the host once set, may hold characters of any page.
Refusal Object::give_slot(const SlotRow& row, const TextPtr& text, TextPtr& out) const {
  if (row.kind != Kind::fact || charset_.is_utf8()) return give(row.name, text, out);
  out = charset_.encode_shown(text->view());
  return {};
}

// ---- Config ----

Refusal Object::config(std::string_view in_page, TextPtr& out) {
  TextPtr converted;
  std::string_view setting = in_page;
  if (!charset_.is_utf8()) {
    if (in_page.size() > kMaxConfig)
      return {kBadArgument, "Config: the text is longer than 1,049,600 octets"};
    if (Refusal refusal = take("Config", in_page, converted); !refusal.ok()) return refusal;
    setting = converted->view();
  }
  const std::size_t equals = setting.find('=');
  std::string_view name = trimmed_name(setting.substr(0, equals));
  std::string_view index;
  const std::size_t open = name.ends_with(']') ? name.find('[') : name.npos;
  if (open != name.npos) {
    index = name.substr(open + 1, name.size() - open - 2);
    name = name.substr(0, open);
  }
  const std::optional<Slot> slot = find_setting(name);
  if (!slot) return unknown_setting(name);
  const SlotRow& row = row_of(*slot);
  const std::string_view text =
      equals == setting.npos ? std::string_view() : setting.substr(equals + 1);
  if (text.size() > kMaxValue) return too_long(row);
  if (row.kind == Kind::indexed)
    return config_indexed(*slot, index, equals == setting.npos ? nullptr : &text, out);
  if (open != setting.npos)
    return {kBadArgument, std::string(row.name) + " has no index; leave the brackets out"};

  if (equals == setting.npos) return config_query(*slot, out);
  Value value;
  if (row.kind == Kind::integer || row.kind == Kind::boolean) {
    if (Refusal refusal = parse_number(row, text, value.number); !refusal.ok()) return refusal;
  } else {
    value.text = make_text(text);
  }
  return assign(*slot, std::move(value));
}

Refusal Object::config_query(Slot slot, TextPtr& out) {
  Value value;
  if (Refusal refusal = read(slot, value); !refusal.ok()) return refusal;
  const SlotRow& row = row_of(slot);
  const TextPtr text = value.text != nullptr ? value.text : make_text(value_as_text(row, value));
  if (Refusal refusal = give_slot(row, text, out); !refusal.ok()) return refusal;
  config_given_[index_of(slot)] = out;
  return {};
}

// Settings by channel number: stored and read back, there being no channels.
Refusal Object::config_indexed(Slot slot, std::string_view index, const std::string_view* value,
                               TextPtr& out) {
  const SlotRow& row = row_of(slot);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
  if (error != std::errc() || end != index.data() + index.size())
    return {kBadArgument, std::string(row.name) + ": a channel number in brackets is needed, " +
                              std::string(row.name) + "[0]"};
  const auto at = indexed_.find({slot, number});
  if (value == nullptr) {
    const TextPtr text = at != indexed_.end() ? at->second : make_text(row.initial);
    if (Refusal refusal = give(row.name, text, out); !refusal.ok()) return refusal;
    if (at != indexed_.end() || indexed_given_.size() < kMaxIndexed)
      indexed_given_[{slot, number}] = out;
    else
      config_given_[index_of(slot)] = out;
    return {};
  }
  if (at == indexed_.end() && indexed_.size() >= kMaxIndexed)
    return {kBadArgument, std::string(row.name) + ": 256 channel settings are stored already"};
  Value stored{make_text(*value), 0};
  if (row.on_set != nullptr)
    if (Refusal refusal = row.on_set(*this, slot, stored); !refusal.ok()) return refusal;
  indexed_[{slot, number}] = std::move(stored.text);
  return {};
}

// ---- events ----

bool Object::fire(EventCall& call) {
  if (is_destroyed()) return false;
  if (sink_ == nullptr) return true;
  if (stop_.ok()) event_error.clear();  // the error that stopped the login stays to be read
  if (!call.can_be_shown()) {
    stop(kCannotConvert, std::string(event_name(call.id())) + ": code page " +
                             std::to_string(charset_.page()) +
                             " lacks a character of the text that the host may change");
    return false;
  }
  ++in_callback_;
  const int returned = call_sink(call);
  --in_callback_;
  if (is_destroyed()) return false;
  if (returned != 0 && stop_.ok()) stop(returned, event_sentence(call.id(), returned));
  if (!stop_.ok()) event_error.set(stop_.code, stop_.text, charset_);
  return !client_.is_stopping();
}

std::string Object::event_sentence(int event_id, int returned) const {
  if (event_error.has_text()) return event_error.text();
  return "the host's handler of " + std::string(event_name(event_id)) + " returned " +
         std::to_string(returned) + ", which ends the login";
}

// A host in C++ may throw where it should not; what it says is kept as its event error.
int Object::call_sink(EventCall& call) noexcept {
  try {
    return call.fire(sink_, context_);
  } catch (const std::exception& thrown) {
    event_error.set(kUnhandled, thrown.what(), charset_);
  } catch (...) {
    event_error.set(kUnhandled, {}, charset_);
  }
  return kUnhandled;
}

void Object::destroy_later() noexcept {
  magic_ = 0;
  client_.interrupt();
}

void Object::stop(int code, const std::string& text) {
  if (stop_.ok()) stop_ = {code, text};
  client_.abort(code, text);
}

}  // namespace sshauth::abi
