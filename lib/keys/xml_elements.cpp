#include "lib/keys/xml_elements.hpp"

#include <expat.h>

#include <cstdlib>

#include "lib/base/utf8.hpp"
#include "lib/keys/dynamic.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxElements = 4096;
constexpr std::size_t kMaxDepth = 16;

struct Library {
  decltype(&::XML_ParserCreate_MM) create = nullptr;
  decltype(&::XML_ParserFree) free = nullptr;
  decltype(&::XML_SetUserData) set_user_data = nullptr;
  decltype(&::XML_SetElementHandler) on_element = nullptr;
  decltype(&::XML_SetCharacterDataHandler) on_text = nullptr;
  decltype(&::XML_SetStartDoctypeDeclHandler) on_doctype = nullptr;
  decltype(&::XML_Parse) parse = nullptr;
  decltype(&::XML_StopParser) stop = nullptr;
  decltype(&::XML_GetErrorCode) error = nullptr;
  decltype(&::XML_ErrorString) error_text = nullptr;
  decltype(&::XML_GetCurrentLineNumber) line = nullptr;
  bool usable = false;
};

Library load() noexcept {
  Library out;
  void* at = ::dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
  out.usable = at != nullptr && find_function(at, "XML_ParserCreate_MM", out.create) &&
               find_function(at, "XML_ParserFree", out.free) &&
               find_function(at, "XML_SetUserData", out.set_user_data) &&
               find_function(at, "XML_SetElementHandler", out.on_element) &&
               find_function(at, "XML_SetCharacterDataHandler", out.on_text) &&
               find_function(at, "XML_SetStartDoctypeDeclHandler", out.on_doctype) &&
               find_function(at, "XML_Parse", out.parse) &&
               find_function(at, "XML_StopParser", out.stop) &&
               find_function(at, "XML_GetErrorCode", out.error) &&
               find_function(at, "XML_ErrorString", out.error_text) &&
               find_function(at, "XML_GetCurrentLineNumber", out.line);
  return out;
}

const Library& library() noexcept {
  static const Library loaded = load();
  return loaded;
}

// A heap that wipes: the length stands before each block.
constexpr std::size_t kHead = alignof(std::max_align_t);

void* take(std::size_t len) {
  if (len > SIZE_MAX - kHead) return nullptr;
  auto* at = static_cast<std::uint8_t*>(std::malloc(kHead + len));
  if (at == nullptr) return nullptr;
  std::memcpy(at, &len, sizeof len);
  return at + kHead;
}

std::size_t len_of(const void* block) noexcept {
  std::size_t len = 0;
  std::memcpy(&len, static_cast<const std::uint8_t*>(block) - kHead, sizeof len);
  return len;
}

void give_back(void* block) {
  if (block == nullptr) return;
  secure_wipe(block, len_of(block));
  std::free(static_cast<std::uint8_t*>(block) - kHead);
}

void* resize(void* block, std::size_t len) {
  void* other = take(len);
  if (other == nullptr || block == nullptr) return other;
  std::memcpy(other, block, std::min(len, len_of(block)));
  give_back(block);
  return other;
}

// Takes expat's events. It allocates nothing and throws nothing: there is C above it.
class Builder {
 public:
  static constexpr char kSeparator = ' ';

  Builder(XmlDocument& out, std::size_t room, XML_Parser parser) : out_(out), parser_(parser) {
    out_.storage = SecretBytes(room);
    out_.elements.reserve(kMaxElements);
  }

  static void XMLCALL start(void* self, const char* name, const char** attributes) {
    static_cast<Builder*>(self)->begin(name, attributes);
  }
  static void XMLCALL stop(void* self, const char*) { static_cast<Builder*>(self)->end(); }
  static void XMLCALL text(void* self, const char* at, int len) {
    static_cast<Builder*>(self)->keep({at, static_cast<std::size_t>(len)});
  }
  static void XMLCALL doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Builder*>(self)->refuse("a document type declaration, which a key never has");
  }

  const char* why() const noexcept { return why_; }

 private:
  struct Open {
    std::size_t element, mark;
    bool leaf;
  };

  void refuse(const char* why) noexcept {
    if (why_ != nullptr) return;
    why_ = why;
    if (const auto stop = library().stop; stop != nullptr) stop(parser_, XML_FALSE);
  }

  // Expat was told to give names as "namespace name" or "name".
  static std::string_view local(std::string_view name) noexcept {
    return name.substr(name.rfind(kSeparator) + 1);
  }

  // What was kept since `mark`.
  std::string_view kept(std::size_t mark) const noexcept {
    return as_text(out_.storage.reveal().subspan(mark, used_ - mark));
  }

  std::string_view keep(std::string_view octets) noexcept {
    if (octets.size() > out_.storage.size() - used_) return refuse("more text than it can"), "";
    const MutBytes at = out_.storage.write().subspan(used_, octets.size());
    copy_bytes(at.data(), as_bytes(octets));
    used_ += octets.size();
    return as_text(at);
  }

  // Its place, or that of its parent when there is no room; the reading ends then.
  std::size_t add(std::string_view name, std::string_view text) noexcept {
    const std::size_t parent = depth_ != 0 ? open_[depth_ - 1].element : 0;
    if (out_.elements.size() == kMaxElements) return refuse("too many elements"), parent;
    out_.elements.push_back({name, parent, text});
    return out_.elements.size() - 1;
  }

  void begin(const char* name, const char** attributes) noexcept {
    if (why_ != nullptr) return;
    if (depth_ == kMaxDepth) return refuse("elements nested too deeply");
    if (depth_ != 0) open_[depth_ - 1].leaf = false;
    const std::size_t element = add(keep(local(name)), {});
    open_[depth_++] = {element, used_, true};
    for (; *attributes != nullptr; attributes += 2) {
      const std::size_t before = used_;
      keep("@");
      keep(local(attributes[0]));
      const std::string_view at = kept(before);
      add(at, keep(attributes[1]));
    }
    open_[depth_ - 1].mark = used_;
  }

  void end() noexcept {
    if (why_ != nullptr) return;
    const Open& ended = open_[--depth_];
    if (ended.leaf) out_.elements[ended.element].text = kept(ended.mark);
  }

  XmlDocument& out_;
  XML_Parser parser_;
  std::size_t used_ = 0;
  Open open_[kMaxDepth] = {};
  std::size_t depth_ = 0;
  const char* why_ = nullptr;
};

KeyError malformed(const std::string& why) {
  return {KeyErrc::malformed, "the XML text is malformed: " + why};
}

struct Release {
  void operator()(XML_Parser parser) const noexcept { library().free(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, Release>;

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t len = decode_utf8(text).len;
    if (len == 0) return false;
    text.remove_prefix(len);
  }
  return true;
}

// What the octets say comes before the declaration (XML 1.0 §F.2): .NET writes "utf-16" into texts
// that are saved as UTF-8, and in ASCII every name of a code page is as good. Null: the
// declaration.
const char* encoding_of(std::string_view text) noexcept {
  if (has_utf16_mark(text)) return "UTF-16";
  return is_utf8(text) ? "UTF-8" : nullptr;
}

Parser make_parser(const char* encoding, char separator) {
  static constexpr XML_Memory_Handling_Suite kHeap = {take, resize, give_back};
  const char text[] = {separator, '\0'};
  return Parser(library().create(encoding, &kHeap, text));
}

}  // namespace

KeyError read_xml(std::string_view text, XmlDocument& out) {
  const Library& lib = library();
  if (!lib.usable)
    return {KeyErrc::unsupported_type,
            "the key is XML, for which expat (libexpat.so.1) has to be installed"};
  const Parser parser = make_parser(encoding_of(text), Builder::kSeparator);
  if (parser == nullptr || text.size() > INT32_MAX)
    return {KeyErrc::crypto_failed, "expat did not start"};
  // Of an encoding with one octet for a character, each may become two; of UTF-16, two three.
  Builder builder(out, 2 * text.size(), parser.get());
  lib.set_user_data(parser.get(), &builder);
  lib.on_element(parser.get(), Builder::start, Builder::stop);
  lib.on_text(parser.get(), Builder::text);
  lib.on_doctype(parser.get(), Builder::doctype);
  const bool parsed = lib.parse(parser.get(), text.data(), static_cast<int>(text.size()),
                                XML_TRUE) == XML_STATUS_OK;
  if (builder.why() != nullptr) return malformed(std::string("it has ") + builder.why());
  if (!parsed)
    return malformed(std::string(lib.error_text(lib.error(parser.get()))) + " (line " +
                     std::to_string(lib.line(parser.get())) + ")");
  return {};
}

}  // namespace sshauth
