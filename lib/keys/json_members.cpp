#include "lib/keys/json_members.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace sshauth {
namespace {

constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxMembers = 64;
constexpr std::size_t kMaxKeys = 256;
// Not kParseIterativeFlag: its stack begins with arithmetic on a null pointer, and the depth at
// which the handler ends the reading bounds recursion as well.
constexpr unsigned kHow = rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag;

// Takes RapidJSON's events; false ends the reading, and `why` says for what.
class Handler {
 public:
  explicit Handler(JsonDocument& out) noexcept : out_(out) {}

  bool Null() { return value({}, false); }
  bool Bool(bool) { return value({}, false); }
  bool Int(int) { return value({}, false); }
  bool Uint(unsigned) { return value({}, false); }
  bool Int64(std::int64_t) { return value({}, false); }
  bool Uint64(std::uint64_t) { return value({}, false); }
  bool Double(double) { return value({}, false); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return value({}, false); }
  bool String(const char* at, rapidjson::SizeType len, bool) { return value({at, len}, true); }
  bool Key(const char* at, rapidjson::SizeType len, bool);
  bool StartObject();
  bool EndObject(rapidjson::SizeType) { return end(); }
  bool StartArray();
  bool EndArray(rapidjson::SizeType) { return end(); }

  const std::string& why() const noexcept { return why_; }

 private:
  enum class Kind : std::uint8_t { top, keys, key, other };
  struct Level {
    Kind kind;
    JsonObject object;  // of an array it stays empty
  };

  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool value(std::string_view text, bool is_text);
  bool begin(Kind kind);
  bool end();
  Kind inside() const noexcept { return levels_.empty() ? Kind::other : levels_.back().kind; }

  JsonDocument& out_;
  std::vector<Level> levels_;
  std::string why_;
};

bool Handler::value(std::string_view text, bool is_text) {
  if (levels_.empty()) return refuse("expected an object");
  std::vector<JsonMember>& members = levels_.back().object.members;
  if (!members.empty()) members.back().text = text, members.back().is_text = is_text;
  return inside() != Kind::keys || refuse("\"keys\" holds something that is not an object");
}

bool Handler::Key(const char* at, rapidjson::SizeType len, bool) {
  JsonObject& object = levels_.back().object;
  const std::string_view name(at, len);
  if (object.has(name)) return refuse("\"" + printable(name, 40) + "\" is there twice");
  if (object.members.size() == kMaxMembers)
    return refuse("an object has more than " + std::to_string(kMaxMembers) + " members");
  object.members.push_back({name, {}, false});
  return true;
}

bool Handler::begin(Kind kind) {
  if (levels_.size() == kMaxDepth)
    return refuse("it is deeper than " + std::to_string(kMaxDepth) + " levels");
  if (kind == Kind::key && out_.keys.size() == kMaxKeys)
    return refuse("it has more than " + std::to_string(kMaxKeys) + " keys");
  levels_.push_back({kind, {}});
  return true;
}

bool Handler::StartObject() {
  if (levels_.empty()) return begin(Kind::top);
  return begin(inside() == Kind::keys ? Kind::key : Kind::other);
}

bool Handler::StartArray() {
  if (levels_.empty()) return refuse("expected an object");
  const bool keys = inside() == Kind::top && levels_.back().object.members.back().name == "keys";
  if (inside() == Kind::keys) return refuse("\"keys\" holds something that is not an object");
  out_.has_keys |= keys;
  return begin(keys ? Kind::keys : Kind::other);
}

bool Handler::end() {
  Level ended = std::move(levels_.back());
  levels_.pop_back();
  if (ended.kind == Kind::top) out_.top = std::move(ended.object);
  if (ended.kind == Kind::key) out_.keys.push_back(std::move(ended.object));
  return true;
}

// RapidJSON takes its text, and changes it, as characters.
char* as_chars(MutBytes octets) noexcept {
  return static_cast<char*>(static_cast<void*>(octets.data()));
}

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the JSON text is malformed: " + why};
}

}  // namespace

const JsonMember* JsonObject::find(std::string_view name) const noexcept {
  const auto at = std::find_if(members.begin(), members.end(),
                               [name](const JsonMember& m) { return m.name == name; });
  return at != members.end() ? &*at : nullptr;
}

KeyError read_json(std::string_view text, JsonDocument& out) {
  if (text.find('\0') != std::string_view::npos) return malformed("there is a NUL in it");
  // RapidJSON reads up to a NUL, and beyond it where the last octets begin a character of four.
  constexpr std::size_t kNuls = 4;
  out.text = SecretBytes(text.size() + kNuls);
  copy_bytes(out.text.write().data(), as_bytes(text));
  Handler handler(out);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(as_chars(out.text.write()));
  const rapidjson::ParseResult result = reader.Parse<kHow>(stream, handler);
  if (!result.IsError()) return {};
  const bool ours = result.Code() == rapidjson::kParseErrorTermination;
  return malformed(ours ? handler.why()
                        : std::string(rapidjson::GetParseError_En(result.Code())) + " (octet " +
                              std::to_string(result.Offset()) + ")");
}

}  // namespace sshauth
