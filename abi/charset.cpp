#include "abi/charset.hpp"

#include <iconv.h>

#include <cerrno>
#include <string>

namespace sshauth::abi {

namespace {

enum class Lack : std::uint8_t { nothing, wide, no_table, mac_only };

struct PageRow {
  std::int64_t id;
  const char* name;
  Lack lack;
};

constexpr PageRow kPages[] = {
#define X(id, name) {id, name, Lack::nothing},
#define LACKS(id, reason) {id, nullptr, Lack::reason},
#include "abi/code_pages.def"
#undef X
#undef LACKS
};

const PageRow* find_page(std::int64_t id) noexcept {
  for (const PageRow& row : kPages)
    if (row.id == id) return &row;
  return nullptr;
}

std::string_view reason_of(Lack lack) noexcept {
  switch (lack) {
    case Lack::wide:
      return "has octets of zero inside its characters, which NUL-terminated texts cannot carry; "
             "65001 (UTF-8) has every character too";
    case Lack::mac_only: return "is an identifier of Mac OS alone; use 65001 (UTF-8)";
    case Lack::no_table:
    case Lack::nothing: break;
  }
  return "is not among the encodings that this system's iconv has; use 65001 (UTF-8)";
}

// No encoding of the table takes more octets for a character, escapes and shifts included, than
// this for each octet of its other form.
constexpr std::size_t kMostGrowth = 8;
constexpr std::size_t kMostEnds = 64;  // shifts at the beginning and the end

// iconv keeps what lies between the two encodings in a buffer of this many characters.
constexpr std::size_t kIconvBuffer = 8192;

class Wiped {
 public:
  explicit Wiped(std::size_t size) : octets_(std::make_unique<char[]>(size)), size_(size) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { secure_wipe(octets_.get(), size_); }
  char* data() noexcept { return octets_.get(); }
  std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<char[]> octets_;
  std::size_t size_;
};

class Iconv {
 public:
  Iconv(const char* to, const char* from) noexcept : at_(iconv_open(to, from)) {}
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;
  ~Iconv() {
    if (ok()) iconv_close(at_);
  }
  bool ok() const noexcept { return at_ != reinterpret_cast<iconv_t>(-1); }

  void reset() noexcept { iconv(at_, nullptr, nullptr, nullptr, nullptr); }
  // As much of `in` as converts. True: all of it.
  bool run(std::string_view& in, char*& out, std::size_t& room) noexcept {
    char* from = const_cast<char*>(in.data());
    std::size_t left = in.size();
    const std::size_t done = iconv(at_, &from, &left, &out, &room);
    in.remove_prefix(in.size() - left);
    // A count above 0 is of characters that were replaced by others.
    return done == 0 && left == 0;
  }
  // Back to the initial shift state, in the output too.
  bool finish(char*& out, std::size_t& room) noexcept {
    return iconv(at_, nullptr, nullptr, &out, &room) != static_cast<std::size_t>(-1);
  }

 private:
  iconv_t at_;
};

std::size_t utf8_len(std::string_view text) noexcept {
  std::size_t len = 1;
  while (len < text.size() && (static_cast<unsigned char>(text[len]) & 0xc0) == 0x80) ++len;
  return len;
}

}  // namespace

struct Charset::Converters {
  explicit Converters(const char* name) : in("UTF-8", name), out(name, "UTF-8") {}

  // Null when a part of `text` does not convert and `substitute`, in place of each character that
  // does not, is empty.
  TextPtr convert(Iconv& way, std::string_view text, std::string_view substitute,
                  std::string_view filler);
  static void overwrite(Iconv& way, std::size_t num, std::string_view filler);

  Iconv in, out;
  std::string blank;  // a space in the page
};

TextPtr Charset::Converters::convert(Iconv& way, std::string_view text, std::string_view substitute,
                                     std::string_view filler) {
  if (text.empty()) return make_text({});  // ISO-2022-KR would have a header even there
  const std::size_t len = text.size();
  Wiped buffer(len * kMostGrowth + kMostEnds);
  char* at = buffer.data();
  std::size_t room = buffer.size();
  way.reset();
  bool whole = true;
  for (std::string_view rest = text; whole && !way.run(rest, at, room);) {
    std::string_view instead = substitute;
    whole = !substitute.empty() && way.run(instead, at, room);
    if (!rest.empty()) rest.remove_prefix(utf8_len(rest));
  }
  whole = way.finish(at, room) && whole;
  const std::string_view got(buffer.data(), buffer.size() - room);
  // UTF-7 can spell a NUL, which would end the text early where it is read.
  TextPtr made;
  if (whole && got.find('\0') == got.npos) made = make_text(got);
  overwrite(way, len < kIconvBuffer ? len : kIconvBuffer, filler);
  return made;
}

// One call, since each begins at the start of iconv's buffer.
void Charset::Converters::overwrite(Iconv& way, std::size_t num, std::string_view filler) {
  std::string many;
  for (std::size_t i = 0; i < num; ++i) many += filler;
  std::string scrap(num * kMostGrowth + kMostEnds, '\0');
  char* at = scrap.data();
  std::size_t room = scrap.size();
  std::string_view rest = many;
  way.reset();
  way.run(rest, at, room);
}

Charset::Charset() noexcept = default;
Charset::~Charset() = default;

Refusal Charset::open(std::int64_t page) {
  const PageRow* row = find_page(page);
  const std::string named = "code page " + std::to_string(page) + " ";
  if (row == nullptr)
    return {kBadArgument, named + "is none that the reference lists; 65001 is UTF-8"};
  if (row->lack != Lack::nothing) return {kUnavailable, named + std::string(reason_of(row->lack))};
  if (page == kUtf8Page) {
    converters_.reset();
    page_ = page;
    return {};
  }
  auto made = std::make_unique<Converters>(row->name);
  if (!made->in.ok() || !made->out.ok())
    return {kUnavailable, named + std::string(reason_of(Lack::no_table))};
  const TextPtr blank = made->convert(made->out, " ", {}, " ");
  made->blank = blank != nullptr ? blank->view() : " ";
  converters_ = std::move(made);
  page_ = page;
  return {};
}

TextPtr Charset::decode(std::string_view in_page) const {
  return converters_->convert(converters_->in, in_page, {}, converters_->blank);
}

TextPtr Charset::encode(std::string_view utf8) const {
  return converters_->convert(converters_->out, utf8, {}, " ");
}

TextPtr Charset::encode_shown(std::string_view utf8) const {
  TextPtr made = converters_->convert(converters_->out, utf8, "?", " ");
  return made != nullptr ? made : make_text({});
}

}  // namespace sshauth::abi
