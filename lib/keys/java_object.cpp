#include "lib/keys/java_object.hpp"

#include <string>
#include <vector>

#include "lib/base/bytes.hpp"

namespace sshauth {
namespace {

constexpr std::uint32_t kHead = 0xaced0005;  // §6.4.2: STREAM_MAGIC, STREAM_VERSION
constexpr std::uint32_t kFirstHandle = 0x7e0000;
constexpr unsigned kMaxDepth = 32;
constexpr unsigned kMaxSupers = 32;
constexpr std::size_t kMaxHandles = 4096;
constexpr std::size_t kNone = ~std::size_t{0};

enum Tag : std::uint8_t {
  tc_null = 0x70,
  tc_reference,
  tc_class_desc,
  tc_object,
  tc_string,
  tc_array,
  tc_class,
  tc_block_data,
  tc_end_block_data,
  tc_block_data_long = 0x7a,
  tc_long_string = 0x7c,
  tc_proxy_class_desc,
  tc_enum,
};
enum Flags : std::uint8_t {
  sc_write_method = 1,
  sc_serializable = 2,
  sc_externalizable = 4,
  sc_block_data = 8,
};

struct Class {
  std::string_view name;
  std::uint8_t flags = 0;
  std::string types;  // of its fields
  std::size_t super = kNone;
};

// §6.4.2, prim_typecode: how long a value is; 0: it is an object.
std::size_t width_of(char type) noexcept {
  switch (type) {
    case 'B':
    case 'Z': return 1;
    case 'C':
    case 'S': return 2;
    case 'F':
    case 'I': return 4;
    case 'D':
    case 'J': return 8;
    default: return 0;
  }
}

class Walk {
 public:
  explicit Walk(Reader& in) : in_(in) {}

  bool pass() {
    if (in_.u32() != kHead) in_.poison();
    content(in_.u8(), 0);
    return in_.ok();
  }

 private:
  std::string_view utf() {
    const std::size_t high = in_.u8();
    return as_text(in_.take(high << 8 | in_.u8()));
  }

  void new_handle(std::size_t is_class = kNone) {
    if (handles_.size() >= kMaxHandles) return in_.poison();
    handles_.push_back(is_class);
  }

  // §6.4.1, content. Every call takes an octet at least, so that the input bounds them all.
  void content(std::uint8_t tag, unsigned depth) {
    if (!in_.ok() || depth > kMaxDepth) return in_.poison();
    switch (tag) {
      case tc_null: return;
      case tc_reference: in_.u32(); return;
      case tc_string: new_handle(), utf(); return;
      case tc_long_string: new_handle(), take(in_.u64()); return;
      case tc_block_data: take(in_.u8()); return;
      case tc_block_data_long: take(in_.u32()); return;
      case tc_class_desc:
      case tc_proxy_class_desc: class_desc(tag, depth); return;
      case tc_class: class_desc(in_.u8(), depth), new_handle(); return;
      case tc_object: return object(depth);
      case tc_array: return array(depth);
      case tc_enum: class_desc(in_.u8(), depth), new_handle(); return content(in_.u8(), depth + 1);
      default: return in_.poison();
    }
  }

  void take(std::uint64_t len) {
    if (len > in_.left()) return in_.poison();
    in_.take(static_cast<std::size_t>(len));
  }

  void annotation(unsigned depth) {
    while (in_.ok()) {
      const std::uint8_t tag = in_.u8();
      if (tag == tc_end_block_data) return;
      content(tag, depth + 1);
    }
  }

  // The class, by its place; kNone: there is none.
  std::size_t class_desc(std::uint8_t tag, unsigned depth) {
    if (depth > kMaxDepth) in_.poison();
    if (!in_.ok() || tag == tc_null) return kNone;
    if (tag == tc_reference) return referred();
    if (tag != tc_class_desc && tag != tc_proxy_class_desc) return in_.poison(), kNone;
    const std::size_t at = classes_.size();
    classes_.emplace_back();
    if (tag == tc_class_desc)
      class_fields(at, depth);
    else
      proxy(at);
    annotation(depth);
    const std::size_t super = class_desc(in_.u8(), depth + 1);
    classes_[at].super = super;
    return at;
  }

  std::size_t referred() {
    const std::uint32_t handle = in_.u32() - kFirstHandle;
    if (handle >= handles_.size() || handles_[handle] == kNone) return in_.poison(), kNone;
    return handles_[handle];
  }

  void class_fields(std::size_t at, unsigned depth) {
    classes_[at].name = utf();
    in_.u64();  // serialVersionUID
    new_handle(at);
    classes_[at].flags = in_.u8();
    std::size_t num = in_.u8();
    num = num << 8 | in_.u8();
    for (; num != 0 && in_.ok(); --num) {
      const char type = static_cast<char>(in_.u8());
      utf();
      if (width_of(type) == 0) content(in_.u8(), depth + 1);  // the name of its class
      classes_[at].types += type;
    }
  }

  void proxy(std::size_t at) {
    new_handle(at);
    classes_[at].flags = sc_serializable;
    for (std::uint32_t num = in_.u32(); num != 0 && in_.ok(); --num) utf();
  }

  void value(char type, unsigned depth) {
    if (const std::size_t width = width_of(type); width != 0)
      in_.take(width);
    else
      content(in_.u8(), depth + 1);
  }

  void object(unsigned depth) {
    std::size_t at = class_desc(in_.u8(), depth + 1);
    new_handle();
    std::vector<std::size_t> line;  // the class and those above it
    for (; at != kNone && line.size() < kMaxSupers; at = classes_[at].super) line.push_back(at);
    if (at != kNone || line.empty()) return in_.poison();
    for (; !line.empty() && in_.ok(); line.pop_back()) class_data(line.back(), depth);
  }

  void class_data(std::size_t at, unsigned depth) {
    const std::uint8_t flags = classes_[at].flags;
    if ((flags & sc_serializable) != 0) {
      for (std::size_t i = 0; i < classes_[at].types.size() && in_.ok(); ++i)
        value(classes_[at].types[i], depth);
      if ((flags & sc_write_method) != 0) annotation(depth);
    } else if ((flags & sc_externalizable) != 0) {
      if ((flags & sc_block_data) == 0) return in_.poison();
      annotation(depth);
    }
  }

  void array(unsigned depth) {
    const std::size_t at = class_desc(in_.u8(), depth + 1);
    new_handle();
    const std::uint32_t num = in_.u32();
    if (at == kNone || classes_[at].name.size() < 2 || classes_[at].name[0] != '[')
      return in_.poison();
    const char type = classes_[at].name[1];
    if (const std::size_t width = width_of(type); width != 0)
      return take(std::uint64_t{num} * width);
    for (std::uint32_t i = 0; i < num && in_.ok(); ++i) value(type, depth);
  }

  Reader& in_;
  std::vector<Class> classes_;
  std::vector<std::size_t> handles_;  // each the place of its class, or kNone
};

}  // namespace

bool pass_java_object(Reader& in) { return Walk(in).pass(); }

}  // namespace sshauth
